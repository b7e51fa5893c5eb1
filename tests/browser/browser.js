// Debian's Chromium, driven by playwright-core.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const axe_source = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

export const launch = () =>
    chromium.launch({ executablePath: process.env.CHROMIUM || "/usr/bin/chromium", args: ["--no-sandbox", "--disable-dev-shm-usage"] });

// A page that fails the test where the browser reports an error of a script or a blocked resource.
export const openPage = async (browser, address, options = {}) => {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, reducedMotion: "reduce",
        ignoreHTTPSErrors: true /* the cloud's certificate is its own */, ...options });
    const page = await context.newPage();
    page.complaints = [];
    page.on("pageerror", (why) => page.complaints.push(String(why)));
    page.on("console", (line) => line.type() === "error" && page.complaints.push(line.text()));
    page.setDefaultTimeout(15000);
    await page.goto(address);
    return page;
};

// What axe-core finds wrong with the page as it is now: "rule: element" lines.
export const axe = async (page) => {
    await page.evaluate(axe_source); // a debugger's script: the page's own policy does not stop it
    const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
    return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 200)} ${node.failureSummary || ""}`));
};

export const sizes = { desktop: { width: 1280, height: 800 }, till: { width: 800, height: 480 }, phone: { width: 390, height: 844 } };

export const show = async (page, size, colorScheme) => {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize(sizes[size]);
};

// What is wider than the window, or too small for a finger, on the page as it is now.
const measure = (page, target_px) =>
    page.evaluate((target) => {
        const wrong = [];
        if (document.documentElement.scrollWidth > innerWidth) wrong.push(`the page is ${document.documentElement.scrollWidth} px wide`);
        for (const el of document.querySelectorAll("button:not(.enter), a.button, select, input:not([type=hidden], [type=checkbox], [type=radio]), .switch, .radio")) {
            const box = el.getBoundingClientRect();
            if (box.width > 0 && (box.height < target || box.width < target)) wrong.push(`${el.outerHTML.slice(0, 80)} is ${box.width} by ${box.height}`);
        }
        return wrong;
    }, target_px);

// axe-core finds nothing, nothing is wider than the window, targets are large: on a phone by day and on a till by night.
export const look_over = async (page, target_px) => {
    const found = [];
    for (const [size, scheme] of [["phone", "light"], ["till", "dark"]]) {
        await show(page, size, scheme);
        for (const line of [...(await axe(page)), ...(await measure(page, target_px))]) found.push(`${size}, ${scheme}: ${line}`);
    }
    return found;
};
