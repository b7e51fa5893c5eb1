// Every screen and state of the till in both languages, sizes and schemes.
import assert from "node:assert/strict";
import { look_over, openPage } from "./browser.js";
import { Cloud, Till, withFolder } from "./shop.js";
import { tour } from "./tour.js";

const visit = (language) => async (browser) =>
    withFolder(async (home) => {
        const cloud = await Cloud.start(`${home}/cloud`);
        const till = await Till.start(`${home}/till`, cloud, ["--language", language]);
        const page = await openPage(browser, till.address);
        const found = [];
        await tour(cloud, till, async (name) => {
            await page.goto(till.address);
            found.push(...(await look_over(page, 48)).map((line) => `${name}: ${line}`));
        });
        assert.deepEqual(found, []);
        assert.deepEqual(page.complaints, []);
        await page.context().close();
        await till.stop();
        await cloud.stop();
    });

export const every_screen_in_english = visit("en");
export const every_screen_in_spanish = visit("es");
