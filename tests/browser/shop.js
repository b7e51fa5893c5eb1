// A cloud and a till for a test, in a folder of their own; the till takes commands of its script language (see
// mock-host --help-script) while its page is served.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";

const build = resolve(process.env.BUILD || "build");
const deadline_ms = 60000;

// Whatever happens, nothing that was started here outlives this process.
const children = new Set();
const start = (program, options, stdio) => {
    const child = spawn(join(build, program), options, { stdio });
    children.add(child);
    child.once("exit", () => children.delete(child));
    return child;
};
process.on("exit", () => children.forEach((child) => child.kill("SIGKILL")));
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => process.exit(1));

const ended = (child) => new Promise((done) => (child.exitCode === null ? child.once("exit", done) : done()));
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

export class Cloud {
    static async start(folder, port = 0) {
        const cloud = new Cloud();
        cloud.folder = folder;
        const ready = join(folder, "port");
        rmSync(ready, { force: true });
        cloud.child = start("mock-cloud", ["--data", folder, "--listen", `127.0.0.1:${port}`, "--port-file", ready,
            "--fast-passwords", "--faults", "--dev", "--log-level", "error"], ["ignore", "ignore", "inherit"]);
        for (const end = Date.now() + deadline_ms; Date.now() < end && !cloud.port; await pause(20))
            if (existsSync(ready)) cloud.port = Number(readFileSync(ready, "utf8"));
        if (!cloud.port) throw new Error("the cloud did not start");
        cloud.address = `https://127.0.0.1:${cloud.port}`;
        return cloud;
    }

    // The code from the newest mail to `address`; waits until there are `mails` of them.
    async code(address, mails = 1) {
        for (const end = Date.now() + deadline_ms; Date.now() < end; await pause(50)) {
            const folder = join(this.folder, "mail");
            const found = (existsSync(folder) ? readdirSync(folder) : []).sort()
                .filter((name) => name.endsWith(".eml")).map((name) => readFileSync(join(folder, name), "utf8"))
                .filter((mail) => mail.includes(address)).map((mail) => /^Code: (\d{6})/m.exec(mail)).filter(Boolean);
            if (found.length >= mails) return found.at(-1)[1];
        }
        throw new Error(`no code came for ${address}`);
    }

    async stop() {
        this.child.kill("SIGKILL");
        await ended(this.child);
    }
}

export class Till {
    static async start(folder, cloud, options = []) {
        const till = new Till();
        till.folder = folder;
        till.lines = [];
        till.child = start("mock-host", ["--data", folder, "--cloud", cloud.address,
            "--ca", join(cloud.folder, "tls/ca.pem"), "--mail-dir", join(cloud.folder, "mail"), "--script", "-",
            "--web", "127.0.0.1:0", "--guard-abort", "--pace-ms", "0", "--log-file", join(folder + ".log"), ...options],
        ["pipe", "pipe", "inherit"]);
        createInterface({ input: till.child.stdout }).on("line", (line) => {
            till.lines.push(line);
            if (till.heard) till.heard();
        });
        till.child.on("exit", () => till.heard && till.heard());
        till.address = (await till.await(/the till's page is at (\S+)/))[1];
        return till;
    }

    async await(pattern) {
        for (const end = Date.now() + deadline_ms; Date.now() < end;) {
            while (this.lines.length > 0) {
                const found = pattern.exec(this.lines.shift());
                if (found) return found;
            }
            if (this.child.exitCode !== null) break;
            await Promise.race([new Promise((done) => (this.heard = done)), pause(1000)]);
        }
        throw new Error(`the till ended or did not say ${pattern}`);
    }

    async do(...commands) {
        this.child.stdin.write(commands.join("\n") + "\nprint ..done..\n");
        await this.await(/^\.\.done\.\.$/);
    }

    async html() {
        return (await fetch(this.address)).text();
    }

    // Waits until `found` in the page's text says so; time passes for the plugin meanwhile.
    async until(what, found) {
        for (const end = Date.now() + deadline_ms; Date.now() < end; await this.do("pause 30ms"))
            if (found(await this.html())) return;
        throw new Error(`did not happen: ${what}`);
    }

    // The same as do(), then waits for the cloud's answer.
    async ask(...commands) {
        await this.do(...commands);
        await this.until("an answer", (html) => !html.includes('id="w-asking"'));
    }

    // The id of the first row of the list on the screen.
    async firstRow() {
        return /class="row" id="c-([^"]*)"/.exec(await this.html())[1];
    }

    async stop() {
        this.child.stdin.end("quit\n");
        await ended(this.child);
    }
}

// Runs `use` with a folder that is gone afterwards.
export const withFolder = async (use) => {
    const folder = mkdtempSync(join(tmpdir(), "browser-"));
    try {
        return await use(folder);
    } finally {
        rmSync(folder, { recursive: true, force: true });
    }
};
