// What an owner does on the page, by the widgets' ids (w- whole, c- control): the same with and without JavaScript.
import assert from "node:assert/strict";

export class Owner {
    constructor(page, { script, check }) {
        this.page = page;
        this.script = script;
        this.check = check; // run on every new screen
    }

    name(id) {
        return id.replace(/[^A-Za-z0-9.-]/g, (c) => "_" + c.charCodeAt(0).toString(16).padStart(2, "0"));
    }

    // Waits until `found` says so; without JavaScript by loading the page again.
    async until(what, found) {
        for (const end = Date.now() + 20000; Date.now() < end;) {
            if (await found()) return;
            await this.page.waitForTimeout(this.script ? 50 : 300);
            if (!this.script) await this.page.goto(this.page.url());
        }
        throw new Error(`did not happen: ${what}\n${await this.page.locator("main").innerText()}`);
    }

    async on(screen) {
        await this.until(`screen ${screen}`, async () => (await this.screen()) === screen);
        if (this.check) await this.check(this.page, screen);
    }

    async screen() {
        const form = this.page.locator("#screen");
        return (await form.count()) > 0 ? form.getAttribute("data-screen", { timeout: 2000 }).catch(() => "") : "";
    }

    // Where typing goes, without a press before; only JavaScript can tell after a screen that came by itself.
    async typesInto(id) {
        await this.until(`the focus on ${id}`, async () => !this.script || this.control(id).evaluate((el) => el === document.activeElement).catch(() => false));
    }

    control(id) {
        return this.page.locator(`[id="c-${this.name(id)}"]`);
    }

    async fill(values) {
        for (const [id, value] of Object.entries(values)) await this.control(id).fill(value);
    }

    async press(id) {
        await this.until(`button ${id}`, async () => (await this.control(id).getAttribute("aria-disabled", { timeout: 500 }).catch(() => "true")) !== "true");
        await this.control(id).click();
    }

    async toggle(id) {
        await this.control(id).click();
        const apply = this.page.locator(`button.apply[value="${id}"]`);
        if (!this.script && (await apply.count()) > 0) await apply.click();
    }

    async back() {
        await this.page.locator("#back").click();
    }

    async reads(words) {
        await this.until(`"${words}"`, async () => (await this.page.locator("main").innerText()).includes(words));
    }

    async refuses(id) {
        await this.until(`an error at ${id}`, async () => (await this.control(id).getAttribute("aria-invalid").catch(() => "")) === "true");
        const ids = (await this.control(id).getAttribute("aria-describedby")).split(" ");
        assert.ok(ids.includes(`e-${this.name(id)}`), "the error is tied to its field");
        assert.notEqual((await this.page.locator(`[id="e-${this.name(id)}"]`).innerText()).trim(), "");
    }

    // The welcome tour comes first, once: read to its end, or skipped.
    async readTour() {
        for (const [screen, next] of [["what", "next"], ["sent", "next"], ["need", "next"], ["begin", "done"]]) {
            await this.on(`welcome.${screen}`);
            await this.press(`welcome.${next}`);
        }
        await this.on("main");
    }

    async skipTour() {
        await this.press("welcome.skip");
        await this.on("main");
    }
}
