// Runs the tests one after another and counts them.
import { launch } from "./browser.js";
import * as cloud from "./test_cloud.js";
import * as journey from "./test_journey.js";
import * as live from "./test_live.js";
import * as screens from "./test_screens.js";

const filter = process.argv[2] || "";
const browser = await launch();
let passed = 0, failed = 0;
for (const [name, test] of [...Object.entries(journey), ...Object.entries(live), ...Object.entries(screens), ...Object.entries(cloud)]) {
    if (!name.includes(filter)) continue;
    const start = Date.now();
    try {
        await test(browser);
        passed++;
        console.log(`ok   ${name} (${((Date.now() - start) / 1000).toFixed(1)} s)`);
    } catch (why) {
        failed++;
        console.log(`FAIL ${name}: ${why.stack || why}`);
    }
}
await browser.close();
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1); // whatever a failed test left running ends with it
