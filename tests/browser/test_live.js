// What JavaScript adds, and what it must not take away: typed words, focus, the place on the page.
import assert from "node:assert/strict";
import { openPage } from "./browser.js";
import { Owner } from "./owner.js";
import { Cloud, Till, withFolder } from "./shop.js";

const withTill = async (browser, options, use) => {
    await withFolder(async (home) => {
        const cloud = await Cloud.start(`${home}/cloud`);
        const till = await Till.start(`${home}/till`, cloud, options.till || []);
        const page = await openPage(browser, till.address, options.page || {});
        const owner = new Owner(page, { script: (options.page || {}).javaScriptEnabled !== false });
        await owner.skipTour();
        await use({ cloud, till, page, owner });
        assert.deepEqual(page.complaints, []);
        await page.context().close();
        await till.stop();
        await cloud.stop();
    });
};

// Not waitForFunction(): the page's policy allows no eval.
const figures = (page, words) => page.locator("#figures", { hasText: words }).waitFor();

export const typing_survives_a_page_that_moves = (browser) =>
    withTill(browser, {}, async ({ till, page, owner }) => {
        await owner.press("login");
        await owner.on("login");
        await page.evaluate(() => (globalThis.mark = document.getElementById("c-password")));
        await owner.control("email").fill("half@typ");
        await owner.control("password").pressSequentially("secr");
        await till.do("sell 3");
        await figures(page, "3 receipts");
        await till.do("close", "sell", "close");
        await figures(page, "Z 3");
        assert.equal(await owner.control("email").inputValue(), "half@typ");
        assert.equal(await owner.control("password").inputValue(), "secr");
        assert.ok(await page.evaluate(() => document.activeElement === globalThis.mark), "the focus moved");
        await page.keyboard.type("et");
        assert.equal(await owner.control("password").inputValue(), "secret");
    });

export const a_shown_password_stays_shown = (browser) =>
    withTill(browser, {}, async ({ till, page, owner }) => {
        await owner.press("login");
        await owner.on("login");
        await owner.control("password").fill("secret");
        await page.locator(".show").click();
        await till.do("sell");
        await figures(page, "1 receipt");
        assert.equal(await owner.control("password").getAttribute("type"), "text");
        assert.equal(await owner.control("password").inputValue(), "secret");
        assert.equal(await page.locator(".show").count(), 1);
    });

export const two_windows_show_the_same = (browser) =>
    withTill(browser, {}, async ({ till, page, owner }) => {
        const second = await openPage(browser, till.address);
        const other = new Owner(second, { script: true });
        await owner.press("status");
        await other.on("status");
        await other.back();
        await owner.on("main");
        assert.ok(await page.evaluate(() => document.activeElement.id === "title"), "the new screen's title has the focus");
        await second.context().close();
    });

export const the_page_says_when_the_till_is_gone = (browser) =>
    withTill(browser, {}, async ({ till, page }) => {
        await till.stop();
        await page.locator(".lost").waitFor();
        page.complaints.length = 0; // refused connections are what it is about
    });

// At 800x480 with a keyboard over the lower half: every field shows itself with its label and what is said under it.
const covered = (javaScriptEnabled) => (browser) =>
    withTill(browser, { page: { viewport: { width: 800, height: 480 }, javaScriptEnabled } }, async ({ page, owner, till }) => {
        await owner.press("login");
        await owner.on("login");
        await owner.press("login.register");
        await owner.on("register");
        await owner.press("register.submit");
        await owner.refuses("name");
        for (const id of ["name", "email", "password", "password_again", "country"]) {
            await page.evaluate(() => {
                document.activeElement.blur();
                scrollTo(0, document.body.scrollHeight);
            });
            await owner.control(id).focus();
            await page.waitForTimeout(100);
            const control = await owner.control(id).boundingBox();
            const label = await page.locator(`label[for="c-${owner.name(id)}"]`).boundingBox();
            const error = page.locator(`[id="e-${owner.name(id)}"]`);
            const below = (await error.count()) > 0 ? await error.boundingBox() : control;
            assert.ok(label.y >= 0, `${id}: its label is at ${label.y}`);
            assert.ok(control.y + control.height <= 240, `${id}: it ends at ${control.y + control.height}`);
            assert.ok(below.y + below.height <= 240, `${id}: its error ends at ${below.y + below.height}`);
        }
        await till.do("leave");
    });
export const fields_stay_above_a_keyboard = covered(true);
export const fields_stay_above_a_keyboard_without_javascript = covered(false);
