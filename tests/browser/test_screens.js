// Every screen and state in both languages: axe-core finds nothing, nothing is wider than the window, targets are large.
import assert from "node:assert/strict";
import { axe, openPage } from "./browser.js";
import { Cloud, Till, withFolder } from "./shop.js";
import { tour } from "./tour.js";

// What is too small or too wide on the page as it is now.
const measure = (page) =>
    page.evaluate(() => {
        const wrong = [];
        if (document.documentElement.scrollWidth > innerWidth) wrong.push(`the page is ${document.documentElement.scrollWidth} px wide`);
        for (const el of document.querySelectorAll("button:not(.enter), select, input:not([type=hidden], [type=checkbox], [type=radio]), .switch, .radio")) {
            const box = el.getBoundingClientRect();
            if (box.width > 0 && (box.height < 48 || box.width < 48)) wrong.push(`${el.outerHTML.slice(0, 80)} is ${box.width} by ${box.height}`);
        }
        return wrong;
    });

const visit = (language) => async (browser) =>
    withFolder(async (home) => {
        const cloud = await Cloud.start(`${home}/cloud`);
        const till = await Till.start(`${home}/till`, cloud, ["--language", language]);
        const looks = [
            await openPage(browser, till.address, { viewport: { width: 390, height: 844 }, colorScheme: "light" }),
            await openPage(browser, till.address, { viewport: { width: 800, height: 480 }, colorScheme: "dark" }),
        ];
        const found = [];
        await tour(cloud, till, async (name) => {
            for (const page of looks) {
                await page.goto(till.address);
                for (const line of [...(await axe(page)), ...(await measure(page))]) found.push(`${name}: ${line}`);
            }
        });
        assert.deepEqual(found, []);
        for (const page of looks) {
            assert.deepEqual(page.complaints, []);
            await page.context().close();
        }
        await till.stop();
        await cloud.stop();
    });

export const every_screen_in_english = visit("en");
export const every_screen_in_spanish = visit("es");
