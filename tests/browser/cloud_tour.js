// Leads a user through every page of the cloud, with all that a store's figures can show; calls `look` with a name at
// each. The till works by its script language, the user in the browser: her words are asked for by what they are (links'
// addresses, fields' names), so that the way is the same in every language.
import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Till } from "./shop.js";
import { closes, email, password, register } from "./tour.js";

const createUser = async (cloud, till, page, look) => {
    await page.goto(`${cloud.address}/mail`);
    await look("mailbox-empty");
    await till.do("press welcome.skip", "press login", "press login.register");
    await register(till);
    const code = await cloud.code(email);
    await page.goto(`${cloud.address}/mail`);
    await look("mailbox-code");
    await till.do(`fill code ${code}`, "press code.submit", 'expect "Ada Byron"');
};

const logIn = async (page, words) => {
    await page.locator("#email").fill(email);
    await page.locator("#password").fill(words);
    await page.locator("main form button").click();
};

const enter = async (cloud, page, look) => {
    await page.goto(cloud.address);
    await look("login");
    await logIn(page, "not her password");
    await page.locator("#problem").waitFor();
    await look("login-refused");
    await page.locator('a[href="/terms"]').click();
    await page.waitForURL(/\/terms$/);
    await look("terms");
    await page.goto(`${cloud.address}/login`);
    await logIn(page, password);
    await page.waitForURL(/\/figures$/);
    await look("stores-no-company");
};

const openStore = async (cloud, till, page, look) => {
    await till.do("press assign", "press company.new", 'fill name "Byron Bakeries"', "fill country ES", "fill currency EUR",
        "press company.create", "press store.new");
    await page.goto(`${cloud.address}/figures`);
    await look("stores-no-store");
    await till.do('fill name "Main Street"', "press store.create", "press assign.accept", 'expect "Main Street"');
    await page.goto(`${cloud.address}/figures`); // the only store is shown at once
    await page.waitForURL(/\/figures\/sto_/);
    await look("figures-empty");
    await till.do("press configuration", "toggle send_x on", "sell 12", "advance 35m", "wait idle", "back");
    await page.reload();
    await look("figures-running");
};

// Two tills with the same disk: both close the same number, with other sales.
const conflict = async (cloud, home, till, options) => {
    await till.stop();
    cpSync(till.folder, join(home, "copy"), { recursive: true });
    const copy = await Till.start(join(home, "copy"), cloud, [...options, "--seed", "2"]);
    await copy.do("sell 3", "close", "wait idle");
    await copy.stop();
    const again = await Till.start(till.folder, cloud, options);
    await again.do("sell 5", "close", "wait idle");
    return again;
};

const trade = async (cloud, till, page, look, { home, options }) => {
    await till.do(...closes(2), "wait idle");
    await page.reload();
    await look("figures-first-closes");
    till = await conflict(cloud, home, till, options);
    const broken = join(home, "broken.json");
    writeFileSync(broken, '{"schema":"pos.report.z/1","nonsense":true}');
    await till.do("clock-jump 1d", `close-with ${broken}`, "wait idle", ...closes(33), "reset-numbers", ...closes(2), "wait idle 60s");
    await page.reload();
    await look("figures-all-marks");
    await page.locator("#history nav.pages a").last().click();
    await page.waitForURL(/page=2/);
    await look("figures-older");
    return till;
};

const decide = async (page, look) => {
    const store = page.url().split("?")[0];
    await page.goto(store);
    await page.locator('.notices a[href*="/conflicts/"]').click();
    await look("conflict-open");
    await page.locator('form:has(input[value="all"]) button').click();
    await page.locator("p.notice:not(.bad)").waitFor();
    await look("conflict-both-count");
    await page.locator(".sides form button").first().click();
    await page.waitForLoadState();
    await look("conflict-one-counts");
    await page.locator(".crumbs a").click();
    await page.waitForURL(store);
    await look("figures-decided");
    return store;
};

// What the store's tills sell by: none yet, from a till, changed by hand, a price that is none, a file that is none.
const keepCatalogue = async (till, page, look, home, store) => {
    await page.locator('a[href$="/catalogue"]').click();
    await page.waitForURL(/\/catalogue$/);
    await look("catalogue-empty");
    await till.do("open", "press catalogue", "press catalogue.upload", "press catalogue.seen 30s", "leave");
    await page.reload();
    await look("catalogue");
    const changePrice = async (item, amount) => {
        await page.locator("#item").fill(item);
        await page.locator("#amount").fill(amount);
        await page.locator("form:has(#amount) button").click();
        await page.waitForLoadState();
    };
    await changePrice("101", "9.99");
    await page.waitForURL(/\/catalogue$/);
    await look("catalogue-changed");
    await changePrice("no such item", "1");
    await page.locator("p.notice.bad").waitFor();
    await look("catalogue-no-such-price");
    const file = join(home, "catalogue.ndjson");
    writeFileSync(file, '{"kind":"nonsense"}\n');
    await page.locator("#file").setInputFiles(file);
    await page.locator("form:has(#file) button").click();
    await page.locator("p.notice.bad").waitFor();
    await look("catalogue-file-refused");
    await page.goto(store);
};

const rest = async (cloud, page, look, store) => {
    await page.goto(`${store}?from=2030-01-01&to=2020-01-01`);
    await look("figures-wrong-days");
    await page.locator(".crumbs a").click();
    await page.waitForURL(/\/figures\?q=$/);
    await look("stores");
    await page.goto(`${cloud.address}/figures?q=nothing+like+it`);
    await look("stores-not-found");
    await page.locator('form[action="/logout"] button').click();
    await page.waitForURL(/\/login$/);
    await page.goto(`${cloud.address}/nothing/here`);
    await look("nothing-there");
    await page.goto(`${cloud.address}/mail`);
    await look("mailbox-many");
};

// `with_store` is called with the page on the store's figures, everything there. Returns the till: it was restarted.
export const cloudTour = async (cloud, till, page, look, { home, options = [], with_store = async () => {} }) => {
    await createUser(cloud, till, page, look);
    await enter(cloud, page, look);
    await openStore(cloud, till, page, look);
    till = await trade(cloud, till, page, look, { home, options });
    const store = await decide(page, look);
    await keepCatalogue(till, page, look, home, store);
    await with_store(page, store);
    await rest(cloud, page, look, store);
    return till;
};
