// Debian's Chromium, driven by playwright-core.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const axe_source = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

export const launch = () =>
    chromium.launch({ executablePath: process.env.CHROMIUM || "/usr/bin/chromium", args: ["--no-sandbox", "--disable-dev-shm-usage"] });

// A page that fails the test where the browser reports an error of a script or a blocked resource.
export const openPage = async (browser, address, options = {}) => {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, reducedMotion: "reduce", ...options });
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
