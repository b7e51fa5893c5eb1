// What JavaScript adds, and what it must not take away: typed words, focus, the place on the page.
import assert from "node:assert/strict";
import { openPage } from "./browser.js";
import { Owner } from "./owner.js";
import { Cloud, Till, withFolder } from "./shop.js";
import { email, register } from "./tour.js";

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

// ---- at 800x480 with a keyboard over the lower half: every field shows itself, its label and what is said under it ----

const expectVisible = async (page, field, where) => {
    const [label, control, error] = await field.evaluate((el) => {
        const box = (part) => part && (({ top, bottom }) => ({ top, bottom }))(part.getBoundingClientRect());
        return [box(el.querySelector("label")), box(el.querySelector("input, select")), box(el.querySelector(".error"))];
    });
    assert.ok(label.top >= 0, `${where}: its label is at ${label.top}`);
    assert.ok(control.bottom <= 240, `${where}: it ends at ${control.bottom}`);
    if (error) assert.ok(error.bottom <= 240, `${where}: its error ends at ${error.bottom}`);
};

// Until the page's own script has scrolled; without one there is no frame to wait for, and the browser scrolls at once.
const settle = (page, script) =>
    script && page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));

// The keyboard lies over the page (half of it is hidden, and the page is not told), or the window shrinks for it.
const typeInEach = async (page, script) => {
    const screen = await page.locator("#screen").getAttribute("data-screen");
    for (const field of await page.locator(".field:has(> label[for]):has(input:not([type=checkbox]), select)").all()) {
        const control = field.locator("input, select").first();
        const where = `${screen}, ${await control.getAttribute("name")}`;
        await page.evaluate(() => {
            document.activeElement.blur();
            scrollTo(0, document.body.scrollHeight);
        });
        await control.focus();
        await settle(page, script);
        await expectVisible(page, field, `${where} under a keyboard`);
        if (!script) continue;
        await page.setViewportSize({ width: 800, height: 240 });
        await settle(page, script);
        await expectVisible(page, field, `${where} in a small window`);
        await page.setViewportSize({ width: 800, height: 480 });
    }
};

const covered = (script) => (browser) =>
    withTill(browser, { page: { viewport: { width: 800, height: 480 }, javaScriptEnabled: script } }, async ({ cloud, till, page }) => {
        const look = async (errors) => {
            await page.goto(till.address);
            if (errors) assert.ok((await page.locator(".field .error").count()) > 0, "this screen has errors to show");
            await typeInEach(page, script);
        };
        await till.do("press login", "press login.submit");
        await look(true);
        await till.do("press login.register", "press register.submit");
        await look(true);
        await register(till);
        await look(false);
        await till.ask("fill code 000000", "press code.submit");
        await look(true);
        await till.ask(`fill code ${await cloud.code(email)}`, "press code.submit");
        await till.ask("press assign", "press company.new", "fill country xx", "fill currency e", "press company.create");
        await look(true);
        await till.ask('fill name "Byron Bakeries"', "fill country ES", "fill currency EUR", "press company.create");
        await till.ask("press store.new", "fill time_zone nowhere", "press store.create");
        await look(true);
        await till.do("leave");
    });
export const fields_stay_above_a_keyboard = covered(true);
export const fields_stay_above_a_keyboard_without_javascript = covered(false);
