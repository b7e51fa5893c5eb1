// Pictures of every screen in every size, scheme and language, to be looked at:
//   BUILD=build [FROM=NUMBER] node screenshots.js FOLDER [till|cloud] [LANGUAGE...]
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { launch, openPage, show, sizes } from "./browser.js";
import { cloudTour } from "./cloud_tour.js";
import { Cloud, Till, withFolder } from "./shop.js";
import { tour } from "./tour.js";

const [folder = "shots", what = "till", ...asked] = process.argv.slice(2);
const languages = asked.length > 0 ? asked : ["en", "es"];
mkdirSync(folder, { recursive: true });
process.on("unhandledRejection", (why) => {
    console.error(why);
    process.exit(1);
});

const browser = await launch();
for (const language of languages)
    await withFolder(async (home) => {
        const options = ["--language", language];
        const cloud = await Cloud.start(join(home, "cloud"));
        const till = await Till.start(join(home, "till"), cloud, options);
        const page = await openPage(browser, what === "cloud" ? `${cloud.address}/login` : till.address, { locale: language });
        let number = 0;
        const look = async (name) => {
            if (++number < Number(process.env.FROM || 1)) return;
            if (what === "till") await page.goto(till.address);
            const title = `${what}-${String(number).padStart(2, "0")}-${name}-${language}`;
            for (const size of Object.keys(sizes))
                for (const scheme of ["light", "dark"]) {
                    await show(page, size, scheme);
                    await page.screenshot({ path: join(folder, `${title}-${size}-${scheme}.png`), fullPage: true });
                }
            console.log(title);
        };
        const last = what === "cloud" ? await cloudTour(cloud, till, page, look, { home, options }) : (await tour(cloud, till, look), till);
        for (const complaint of page.complaints) console.log(complaint);
        await last.stop();
        await cloud.stop();
    });
await browser.close();
