// The cloud's pages: every one in both languages, sizes and schemes, and what a user does there.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { look_over, openPage } from "./browser.js";
import { cloudTour } from "./cloud_tour.js";
import { Cloud, Till, withFolder } from "./shop.js";

// What the till's own test knows of a store's history, in the file for a spreadsheet.
const readCsv = async (page) => {
    const coming = page.waitForEvent("download");
    await page.locator('#history a[href*="z.csv"]').click();
    const file = await coming;
    assert.match(file.suggestedFilename(), /\.csv$/);
    const rows = readFileSync(await file.path(), "utf8").trim().split("\r\n");
    assert.equal(rows.length, 1 + 2 + 1 + 33 + 2, "a line of names, then every close that counts");
    assert.equal(new Set(rows.map((row) => row.split(/[;,]/).length)).size, 1, "every line has as many fields");
};

// The chart and the tables say the same to those who do not see it.
const readFigures = async (page, store) => {
    await page.goto(store);
    assert.notEqual((await page.locator(".chart svg title, .chart svg[aria-label], .chart figcaption").first().textContent()).trim(), "");
    assert.ok((await page.locator("#history tbody tr").count()) >= 20);
    await readCsv(page);
};

const visit = (language) => async (browser) =>
    withFolder(async (home) => {
        const cloud = await Cloud.start(`${home}/cloud`);
        const options = ["--language", language];
        const till = await Till.start(`${home}/till`, cloud, options);
        const page = await openPage(browser, `${cloud.address}/login`, { locale: language });
        const found = [];
        const look = async (name) => found.push(...(await look_over(page, 44)).map((line) => `${name}: ${line}`));
        const last = await cloudTour(cloud, till, page, look, { home, options, with_store: readFigures });
        assert.deepEqual(found, []);
        // The log-in and the changes that were refused, and the page that is not there, are said in the console, too.
        assert.deepEqual(page.complaints.filter((line) => !/status of (401|404|422)/.test(line)), []);
        await page.context().close();
        await last.stop();
        await cloud.stop();
    });

export const every_page_of_the_cloud_in_english = visit("en");
export const every_page_of_the_cloud_in_spanish = visit("es");
