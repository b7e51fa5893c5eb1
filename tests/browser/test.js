// Runs the tests, a few at a time (they wait a lot), and counts them: node test.js [WORDS IN THE NAME]. JOBS=1 for one.
import { launch } from "./browser.js";
import * as cloud from "./test_cloud.js";
import * as journey from "./test_journey.js";
import * as live from "./test_live.js";
import * as screens from "./test_screens.js";

const limit_ms = 600000; // a busy machine is no failure
const filter = process.argv[2] || "";
const waiting = [journey, screens, cloud, live].flatMap((file) => Object.entries(file)).filter(([name]) => name.includes(filter));
const browser = await launch();
let passed = 0, failed = 0;

const work = async () => {
    for (let next; (next = waiting.shift());) {
        const [name, test] = next;
        const start = Date.now();
        let timer;
        const late = new Promise((_, fail) => (timer = setTimeout(() => fail(new Error("took too long")), limit_ms)));
        try {
            await Promise.race([test(browser), late]);
            passed++;
            console.log(`ok   ${name} (${((Date.now() - start) / 1000).toFixed(1)} s)`);
        } catch (why) {
            failed++;
            console.log(`FAIL ${name}: ${why.stack || why}`);
        }
        clearTimeout(timer);
    }
};

await Promise.all(Array.from({ length: Number(process.env.JOBS) || 2 }, work));
await browser.close();
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1); // whatever a failed test left running ends with it
