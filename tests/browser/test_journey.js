// The owner's whole journey, every option pressed: with JavaScript (and axe-core on every screen), and without.
import assert from "node:assert/strict";
import { axe, openPage } from "./browser.js";
import { Owner } from "./owner.js";
import { Cloud, Till, withFolder } from "./shop.js";
import { closes } from "./tour.js";

const email = "ada@example.com";
const password = "correct horse battery";
const another = "staple another one";

const createUser = async (owner, cloud, till) => {
    await owner.readTour();
    await owner.press("about");
    await owner.on("welcome.what");
    await owner.skipTour();
    await owner.press("login");
    await owner.on("login");
    await owner.fill({ email: "nobody@example.com", password: "wrong password" });
    await owner.control("password").press("Enter");
    await owner.refuses("password");
    assert.equal(await owner.control("email").inputValue(), "nobody@example.com");
    assert.equal(await owner.control("password").inputValue(), "");
    await owner.press("login.register");
    await owner.on("register");
    await owner.fill({ email: "nonsense", password: "short" });
    await owner.press("register.submit");
    await owner.refuses("email");
    assert.equal(await owner.control("email").inputValue(), "nonsense");
    await owner.fill({ name: "Ada Byron", email, password, password_again: password, country: "ES" });
    await owner.toggle("terms");
    await owner.press("register.submit");
    await owner.on("register.code");
    await till.do("tick"); // the screen is drawn again meanwhile, and the focus is still where it belongs
    await owner.typesInto("code");
    await owner.fill({ code: (await cloud.code(email)).replace(/(...)/, "$1 ") });
    await owner.control("code").press("Enter");
    await owner.on("main");
    await owner.reads("Ada Byron");
};

const assignStore = async (owner) => {
    await owner.press("assign");
    await owner.on("companies");
    await owner.typesInto("company.new"); // nothing to choose from: the way on is under the cursor
    await owner.press("company.new");
    await owner.on("company_new");
    await owner.press("company.create");
    await owner.refuses("name");
    await owner.fill({ name: "Byron <b>Bakeries</b> & Sons", country: "ES", currency: "EUR" });
    await owner.press("company.create");
    await owner.on("stores");
    await owner.reads("Byron <b>Bakeries</b> & Sons");
    await owner.press("store.new");
    await owner.on("store_new");
    await owner.typesInto("name");
    await owner.fill({ name: "Main Street", time_zone: "Europe/Madrid" });
    await owner.press("store.create");
    await owner.on("assign");
    await owner.press("assign.accept");
    await owner.on("main");
    await owner.reads("Main Street");
    await owner.press("assign");
    await owner.on("companies");
    await owner.fill({ search: "nothing like it" });
    await owner.press("search.submit");
    await owner.reads("Nothing found");
    await owner.back();
    await owner.on("main");
};

const diagnose = async (owner) => {
    await owner.press("diagnose");
    await owner.on("diagnose");
    await owner.press("diagnose.start");
    await owner.until("a diagnosis", async () => (await owner.page.locator("#w-diagnosis").count()) > 0);
    if (owner.check) await owner.check(owner.page, "diagnose, done");
    await owner.back();
    await owner.on("main");
};

const sendReports = async (owner, cloud, till) => {
    await owner.press("configuration");
    await owner.on("configuration");
    await owner.toggle("send_x");
    await owner.until("the switch is on", () => owner.control("send_x").isChecked());
    await owner.back();
    await owner.on("main");
    await owner.page.locator("#sell").click();
    await owner.until("a receipt", async () => (await owner.page.locator("#figures").innerText()).includes("1 receipt"));
    await owner.page.locator("#close").click();
    await till.do("wait idle");
    await owner.press("status");
    await owner.on("status");
    await owner.reads("Z 1");
    await cloud.stop();
    await till.do(...closes(25));
    await owner.on("status");
    await owner.until("the second page", async () => (await owner.page.locator("[id=next-queue]").count()) > 0);
    await owner.page.locator("[id=next-queue]").click();
    await owner.until("row 21", async () => (await owner.page.locator("#r-queue").innerText()).startsWith("21 "));
    await owner.fill({ find: "3" });
    await owner.control("find").press("Enter");
    await owner.until("Z 3", async () => ["status.item", "status"].includes(await owner.screen()) && (await owner.page.locator("main").innerText()).includes("Z 3"));
    if ((await owner.screen()) === "status") await owner.page.locator("#g-queue button").first().click();
    await owner.on("status.item");
    await owner.back();
    await owner.on("status");
    const again = await Cloud.start(cloud.folder, cloud.port);
    cloud.child = again.child;
    await owner.press("status.retry");
    await till.do("wait idle 60s");
    await owner.until("an empty queue", async () => (await owner.page.locator(".empty").count()) > 0);
    await owner.back();
};

const resend = async (owner, till) => {
    await owner.on("main");
    await owner.press("resend");
    await owner.on("resend");
    await owner.press("resend.accept");
    await till.until("a result", (html) => html.includes('id="w-result"')); // time passes meanwhile
    await owner.reads("26 closes compared, 0 sent, 0 refused, 0 in conflict.");
    if (owner.check) await owner.check(owner.page, "resend, done");
    await owner.back();
};

const synchronize = async (owner, till) => {
    const ends = async (words) => {
        await owner.reads(words);
        if (owner.check) await owner.check(owner.page, `catalogue, ${words}`);
        await owner.press("catalogue.seen");
    };
    await owner.on("main");
    await owner.press("catalogue");
    await owner.on("catalogue");
    await owner.press("catalogue.download");
    await ends("There is no data to download");
    await owner.press("catalogue.upload");
    await ends("are in FactoryCLOUD");
    await till.do("licence catalogue-upload on", "price 102 175", "advance 1m");
    await owner.press("catalogue.upload");
    await owner.press("catalogue.keep");
    await ends("stay as they are");
    await owner.press("catalogue.upload");
    await owner.press("catalogue.replace");
    await ends("are in FactoryCLOUD");
    await till.do("price 101 9", "item add 999 Saffron GROCERY 999");
    await owner.press("catalogue.download");
    await owner.reads("Saffron");
    if (owner.check) await owner.check(owner.page, "catalogue, preview");
    await owner.press("catalogue.cancel");
    await ends("everything is as it was");
    await owner.press("catalogue.download");
    await owner.press("catalogue.accept");
    await owner.press("catalogue.accept_again");
    await ends("are in place");
    await till.do("expect-not-catalogue Saffron");
    await owner.press("catalogue.undo");
    await ends("are back");
    await till.do("expect-catalogue Saffron");
    await owner.back();
};

const disconnectAndRecover = async (owner, cloud) => {
    await owner.on("main");
    await owner.press("disconnect");
    await owner.on("disconnect");
    await owner.press("disconnect.accept");
    await owner.on("disconnected");
    await owner.press("disconnect.done");
    await owner.on("main");
    await owner.press("login");
    await owner.until("the form", async () => (await owner.control("login.other").count()) + (await owner.control("email").count()) > 0);
    if ((await owner.control("login.other").count()) > 0) await owner.press("login.other");
    await owner.press("login.recover");
    await owner.on("recover");
    await owner.fill({ email });
    await owner.press("recover.submit");
    await owner.on("recover.code");
    await owner.fill({ code: await cloud.code(email, 2), password: another, password_again: "not the same" });
    await owner.press("recover.confirm");
    await owner.refuses("password_again");
    await owner.fill({ code: await cloud.code(email, 2), password: another, password_again: another });
    await owner.press("recover.confirm");
    await owner.on("main");
    await owner.reads("Ada Byron");
    await owner.back();
    await owner.page.locator("#open").click();
    await owner.on("main");
};

const travel = async (browser, script) => {
    await withFolder(async (home) => {
        const cloud = await Cloud.start(`${home}/cloud`);
        const till = await Till.start(`${home}/till`, cloud);
        const page = await openPage(browser, till.address, { javaScriptEnabled: script });
        const seen = [];
        page.on("response", (answer) => answer.request().resourceType() !== "stylesheet" && seen.push(answer.text().catch(() => "")));
        const found = [];
        const check = async (at, screen) => found.push(...(await axe(at)).map((line) => `${screen}: ${line}`));
        const owner = new Owner(page, { script, check: script ? check : null });
        await createUser(owner, cloud, till);
        await assignStore(owner);
        await diagnose(owner);
        await sendReports(owner, cloud, till);
        await resend(owner, till);
        await synchronize(owner, till);
        await disconnectAndRecover(owner, cloud);
        assert.deepEqual(found, []);
        assert.deepEqual(page.complaints.filter((line) => !line.includes("ERR_CONNECTION")), []);
        for (const text of await Promise.all(seen))
            for (const secret of [password, another, "wrong password"]) assert.ok(!text.includes(secret), "a password came back");
        await page.context().close();
        await till.stop();
        await cloud.stop();
    });
};

export const journey_with_javascript = (browser) => travel(browser, true);
export const journey_without_javascript = (browser) => travel(browser, false);
