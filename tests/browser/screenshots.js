// Pictures of every screen in every size, scheme and language, to be looked at: [FROM=NUMBER] node screenshots.js FOLDER
// [LANGUAGE...]
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { launch, openPage, axe } from "./browser.js";
import { Cloud, Till, withFolder } from "./shop.js";
import { tour } from "./tour.js";

const sizes = { desktop: { width: 1280, height: 800 }, till: { width: 800, height: 480 }, phone: { width: 390, height: 844 } };
const folder = process.argv[2] || "shots";
const languages = process.argv.length > 3 ? process.argv.slice(3) : ["en", "es"];
mkdirSync(folder, { recursive: true });
process.on("unhandledRejection", (why) => {
    console.error(why);
    process.exit(1);
});
const browser = await launch();
for (const language of languages)
    await withFolder(async (home) => {
        const cloud = await Cloud.start(join(home, "cloud"));
        const till = await Till.start(join(home, "till"), cloud, ["--language", language]);
        const pages = [];
        for (const [size, viewport] of Object.entries(sizes))
            for (const colorScheme of ["light", "dark"])
                pages.push([`${size}-${colorScheme}`, await openPage(browser, till.address, { viewport, colorScheme })]);
        let number = 0;
        await tour(cloud, till, async (name) => {
            if (number + 1 < Number(process.env.FROM || 1)) return void number++;
            const title = `${String(++number).padStart(2, "0")}-${name}`;
            for (const [look, page] of pages) {
                await page.goto(till.address);
                await page.screenshot({ path: join(folder, `${title}-${language}-${look}.png`), fullPage: true });
                if (look === "desktop-light" || look === "phone-dark")
                    for (const found of await axe(page)) console.log(title, look, found);
            }
            console.log(language, title);
        });
        for (const [look, page] of pages)
            for (const complaint of page.complaints) console.log(look, complaint);
        await till.stop();
        await cloud.stop();
    });
await browser.close();
