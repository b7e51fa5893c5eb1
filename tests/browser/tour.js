// Leads the till through every screen and state by its script language; calls `look` with a name at each.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Cloud } from "./shop.js";

export const email = "ada@example.com";
export const password = "correct horse battery";

// Closed days, without waiting for them to pass.
export const closes = (count) => Array.from({ length: count }, () => ["sell 2", "close", "clock-jump 1d"]).flat();

// On the page `register`: as far as the code from the mail.
export const register = (till) =>
    till.ask('fill name "Ada Byron"', `fill email ${email}`, `fill password "${password}"`, `fill password_again "${password}"`,
        "fill country ES", "toggle terms on", "press register.submit");

const diagnose = async (till) => {
    await till.do("press diagnose.start");
    await till.until("a diagnosis", (html) => html.includes('id="w-diagnosis"'));
};

const createUser = async (cloud, till, look) => {
    for (const page of ["what", "sent", "need"]) {
        await look(`welcome-${page}`);
        await till.do("press welcome.next");
    }
    await look("welcome-begin");
    await till.do("press welcome.done");
    await look("main-unconnected");
    await till.do("press diagnose");
    await look("diagnose-new");
    await diagnose(till);
    await look("diagnose-not-logged-in");
    await till.do("back");
    await till.do("press login");
    await look("login");
    await till.do("fill email nobody", "press login.submit");
    await look("login-field-errors");
    await till.ask("fill email nobody@example.com", 'fill password "wrong password here"', "press login.submit");
    await look("login-refused");
    await till.do("press login.register");
    await look("register");
    await till.do("fill email nonsense", "fill password short", "press register.submit");
    await look("register-errors");
    await register(till);
    await look("register-code");
    const code = await cloud.code(email);
    await till.ask("fill code 000000", "press code.submit");
    await look("register-code-wrong");
    await till.ask(`fill code ${code}`, "press code.submit");
    await look("main-logged-in");
};

const assign = async (till, look) => {
    await till.ask("press assign");
    await look("companies-empty");
    await till.do("press company.new");
    await look("company-new");
    await till.ask('fill name ""', "fill country xx", "fill currency e", "press company.create");
    await look("company-new-errors");
    await till.ask('fill name "Byron Bakeries"', "fill country ES", "fill currency EUR", 'fill tax_id "B-12345678"',
        "press company.create");
    await look("stores-empty");
    await till.do("press store.new");
    await look("store-new");
    await till.ask('fill name "Main Street"', 'fill address "Main Street 1, 28001 Madrid"', "press store.create");
    await look("assign-confirm");
    await till.ask("press assign.accept");
    await look("main-connected");
};

const many = async (till, look) => {
    await till.ask("press assign");
    for (let i = 1; i <= 28; i++) {
        await till.ask("press company.new", `fill name "Panadería ${i}"`, "fill country ES", "fill currency EUR", "press company.create");
        await till.ask("back");
    }
    await till.ask("back", "press assign");
    await look("companies-long");
    await till.ask("fill search 2", "press search.submit");
    await look("companies-search");
    await till.ask("fill search nothing", "press search.submit");
    await look("companies-not-found");
    await till.do("back");
};

const queue = async (cloud, till, look, folder) => {
    await till.do("press configuration");
    await look("configuration");
    await till.ask("toggle send_x on");
    await look("configuration-on");
    await till.do("back", "press status");
    await look("status-empty");
    const broken = join(folder, "broken.json");
    writeFileSync(broken, '{"schema":"pos.report.z/1","nonsense":true}');
    await till.do(`close-with ${broken}`, "wait idle");
    await till.until("a row", (html) => html.includes('class="row"'));
    await look("status-rejected");
    const port = cloud.port;
    await cloud.stop();
    await till.do(...closes(30));
    await till.until("a next try", (html) => html.includes('id="w-next_5ftry"'));
    await look("status-offline-long");
    await till.do("rows queue 21 20");
    await look("status-second-page");
    await till.do("fill find 3", "press find.submit");
    await look("status-found");
    await till.do("press item.10");
    await look("item-waiting");
    await till.do("back", "rows queue 1 20");
    await till.do(`press "${await till.firstRow()}"`);
    await look("item-rejected");
    await till.do("back", "back");
    await look("main-offline");
    await till.do("press diagnose");
    await diagnose(till);
    await look("diagnose-offline");
    await till.do("back");
    const again = await Cloud.start(cloud.folder, port);
    cloud.child = again.child;
    await fetchFault(cloud, { route: "reports", hang: true });
    await till.do("press status", "press status.retry");
    await till.until("an upload", (html) => html.includes('id="w-upload"'));
    await look("status-uploading");
    await fetchFault(cloud, null);
    await till.do("press status.retry 30s", "wait idle 60s");
    await till.until("the upload's end", (html) => !html.includes('id="w-upload"'));
    await look("status-sent");
};

const holds = (till, id) => till.until(id, (html) => html.includes(`id="${id}"`));

const resend = async (cloud, till, look) => {
    await till.do("back", "press resend");
    await look("resend");
    await fetchFault(cloud, { route: "compare", hang: true });
    await till.do("press resend.accept");
    await holds(till, "c-resend.cancel");
    await look("resend-running");
    await till.do("press resend.cancel");
    await look("resend-cancelled");
    await fetchFault(cloud, null);
    await till.do("press resend.accept");
    await holds(till, "w-result");
    await look("resend-result");
    await till.do("back");
};

// On the till's page: one of the buttons, and the end of what it began.
const synchronize = async (till, button) => {
    await till.do(`press catalogue.${button}`);
    await holds(till, "w-outcome");
};

const catalogue = async (cloud, till, look) => {
    await till.do("press catalogue");
    await look("catalogue");
    await synchronize(till, "download");
    await look("catalogue-empty");
    await synchronize(till, "upload");
    await look("catalogue-uploaded");
    await till.do("press catalogue.seen", "back", "licence catalogue-upload on", "price 102 175", "item remove 106", "press catalogue",
        "press catalogue.upload");
    await holds(till, "c-catalogue.keep");
    await look("catalogue-decision");
    await synchronize(till, "keep");
    await look("catalogue-kept");
    await till.do("price 101 9", "item add 999 Saffron GROCERY 999");
    await fetchFault(cloud, { route: "catalogue-lines", hang: true });
    await till.do("press catalogue.seen", "press catalogue.download");
    await holds(till, "w-progress");
    await look("catalogue-running");
    await till.do("press catalogue.cancel");
    await holds(till, "w-outcome");
    await fetchFault(cloud, null);
    await till.do("press catalogue.download");
    await holds(till, "c-catalogue.accept");
    await look("catalogue-preview");
    await till.do("press catalogue.accept");
    await holds(till, "c-catalogue.accept_5fagain");
    await look("catalogue-second-ask");
    await synchronize(till, "accept_again");
    await look("catalogue-taken");
    await synchronize(till, "undo");
    await look("catalogue-undone");
};

// Sets a rule of the cloud's fault switches; without one, takes them all back. The cloud's certificate is its own, which
// node does not know.
const fetchFault = async (cloud, rule) => {
    const { request } = await import("node:https");
    await new Promise((done, failed) => {
        const call = request({ host: "127.0.0.1", port: cloud.port, path: "/_faults", method: rule ? "POST" : "DELETE",
            rejectUnauthorized: false, headers: { "Content-Type": "application/json" } }, (answer) => answer.resume().on("end", done));
        call.on("error", failed);
        call.end(rule ? JSON.stringify(rule) : undefined);
    });
};

const end = async (cloud, till, look) => {
    await till.do("back", "press disconnect");
    await look("disconnect");
    await till.ask("press disconnect.accept");
    await look("disconnected");
    await till.do("press disconnect.done", "close");
    await look("main-disconnected");
    await till.do("press login");
    await look("login-again");
    await till.do("press login.recover");
    await look("recover");
    await till.ask(`fill email ${email}`, "press recover.submit");
    await look("recover-code");
    await till.do("fill code 12", "fill password short", "press recover.confirm");
    await look("recover-code-errors");
    await till.do("back", "back", "back");
    await till.ask("wipe-plugin-storage", "open", "press welcome.skip", "press login", `fill email ${email}`,
        `fill password "${password}"`, "press login.submit");
    await till.ask("press assign", 'press "Byron Bakeries"', 'press "Main Street"', "press assign.accept");
    await look("known-register");
    await till.do("leave");
    await look("closed");
};

export const tour = async (cloud, till, look, folder = cloud.folder) => {
    await createUser(cloud, till, look);
    await assign(till, look);
    await many(till, look);
    await queue(cloud, till, look, folder);
    await resend(cloud, till, look);
    await catalogue(cloud, till, look);
    await end(cloud, till, look);
};
