// What JavaScript adds to a page that works without it: it follows the till by itself. The server writes the whole page
// every time; here only what differs is taken over, by id, so that focus, scroll position and half-typed words stay.
"use strict";

(() => {
    const keyed = (node) => (node.nodeType === 1 && node.id ? node.id : "");
    const isText = (el) => el.tagName === "INPUT" && !["checkbox", "radio", "hidden"].includes(el.type);
    let state = document.body.dataset.state;
    let busy = false; // a form is on its way
    let poll = null; // the request that waits for a change

    // ---- taking a new page over ----

    // An input that was changed here and not sent yet keeps what is in it, unless `sent` says it was just sent.
    const syncControl = (old, now, sent) => {
        if (old.type === "checkbox" || old.type === "radio") {
            if (sent || old.checked === old.defaultChecked) old.checked = now.defaultChecked;
            old.defaultChecked = now.defaultChecked;
        } else if (old.tagName === "INPUT") {
            const typed = old.value !== old.defaultValue && !(sent && sent.get(old) === old.value);
            old.defaultValue = now.defaultValue;
            if (!typed) old.value = old.type === "hidden" ? now.value : now.defaultValue;
        }
    };

    const syncAttributes = (old, now) => {
        for (const { name, value } of [...now.attributes])
            if (name !== "value" && name !== "autofocus" && old.getAttribute(name) !== value && !(name === "type" && old.dataset.shown))
                old.setAttribute(name, value);
        for (const { name } of [...old.attributes])
            if (!now.hasAttribute(name) && !["value", "autofocus", "data-shown"].includes(name)) old.removeAttribute(name);
    };

    const fits = (old, now) => old.nodeType === now.nodeType && old.nodeName === now.nodeName && keyed(old) === keyed(now);

    const syncChildren = (old, now, sent) => {
        const ids = new Set([...now.children].map(keyed).filter(Boolean));
        for (const child of [...old.childNodes])
            if (keyed(child) && !ids.has(child.id)) child.remove();
        let at = old.firstChild;
        for (const next of [...now.childNodes]) {
            while (at && at.nodeType === 1 && at.dataset.own) at = at.nextSibling; // put there by this script
            const known = keyed(next) && [...old.children].find((child) => child.id === next.id && child.nodeName === next.nodeName);
            if (known && known !== at) {
                while (at && at !== known && !keyed(at)) { const gone = at; at = at.nextSibling; gone.remove(); }
                if (known !== at) old.insertBefore(known, at);
                at = known;
            }
            if (at && fits(at, next)) {
                sync(at, next, sent);
                at = at.nextSibling;
            } else {
                old.insertBefore(document.importNode(next, true), at);
            }
        }
        while (at) { const gone = at; at = at.nextSibling; if (!(gone.dataset && gone.dataset.own)) gone.remove(); }
    };

    const sync = (old, now, sent) => {
        if (old.nodeType !== 1) {
            if (old.data !== now.data) old.data = now.data;
            return;
        }
        syncAttributes(old, now);
        if (old.tagName === "INPUT") syncControl(old, now, sent);
        else if (old.tagName === "BUTTON" && old.value !== now.value) old.value = now.value;
        if (old.tagName === "PROGRESS") old.value = now.value;
        syncChildren(old, now, sent);
        if (old.tagName === "SELECT" && (sent || !old.dataset.touched)) { old.value = now.value; delete old.dataset.touched; }
    };

    const textOf = (el) => (el ? el.textContent.trim() : "");
    const notices = () => new Map([...document.querySelectorAll(".notice[role=status]")].map((el) => [el.id, textOf(el)]));

    const announce = (before, level) => {
        const words = [...notices()].filter(([id, text]) => before.get(id) !== text).map(([, text]) => text);
        const line = document.getElementById("line");
        if (line && Number(line.dataset.level) > level) words.push(textOf(line));
        if (words.length > 0) document.getElementById("live").textContent = words.join(" ");
    };

    // After a screen of another name, or when what had the focus is gone. Errors that just came draw it to the first;
    // what a screen turns out to be for, once its answer is there, draws it while nobody has put it anywhere.
    const moveFocus = (other, newErrors, newAim) => {
        const at = document.activeElement;
        const lost = !at || at === document.body || (newAim && at.id === "title");
        const typing = !lost && isText(at) && !at.readOnly;
        if (!other && !lost && !(newErrors && !typing)) return;
        const wanted = (newAim && document.getElementById(newAim)) || document.querySelector("#screen [autofocus], #screen [aria-invalid=true]");
        (wanted || document.getElementById("title")).focus({ preventScroll: other });
        if (other) {
            scrollTo({ top: 0, behavior: "instant" });
            if (wanted) keepVisible(wanted);
        }
    };

    const take = (text, sent) => {
        const page = new DOMParser().parseFromString(text, "text/html");
        const screenOf = (doc) => (doc.getElementById("screen") || { dataset: {} }).dataset.screen || "";
        const other = screenOf(document) !== screenOf(page);
        const before = notices();
        const aimOf = (doc) => (doc.querySelector("#screen [autofocus]") || { id: "" }).id;
        const aim = other || aimOf(document) === aimOf(page) ? "" : aimOf(page);
        const line = document.getElementById("line");
        const level = line ? Number(line.dataset.level) : 0;
        const errors = new Set([...document.querySelectorAll("[aria-invalid=true]")].map((el) => el.id));
        if (other && document.getElementById("screen")) document.getElementById("screen").remove();
        for (const el of page.querySelectorAll("noscript")) el.remove();
        for (const el of document.querySelectorAll("body noscript")) el.remove();
        sync(document.getElementById("till"), page.getElementById("till"), sent);
        sync(document.getElementById("main"), page.getElementById("main"), sent);
        if (sent) for (const el of document.querySelectorAll("#screen input[type=password], #screen input[data-shown], #screen input[data-secret]"))
            if (sent.get(el) === el.value) el.value = "";
        document.title = page.title;
        document.documentElement.lang = page.documentElement.lang;
        state = page.body.dataset.state;
        dress();
        announce(before, level);
        moveFocus(other, [...document.querySelectorAll("[aria-invalid=true]")].some((el) => !errors.has(el.id)), aim);
    };

    // ---- talking to the till ----

    const lost = (is) => {
        let bar = document.querySelector(".lost");
        if (is && !bar) {
            bar = document.createElement("p");
            bar.className = "lost";
            bar.setAttribute("role", "alert");
            bar.textContent = document.body.dataset.lost;
            document.body.prepend(bar);
        } else if (!is && bar) {
            bar.remove();
        }
    };

    const pause = (ms) => new Promise((done) => setTimeout(done, ms));

    const follow = async () => {
        for (;;) {
            if (document.hidden || busy) {
                await pause(200);
                continue;
            }
            try {
                poll = new AbortController();
                const answer = await fetch("/state?have=" + state, { headers: { "X-Till-Script": "1" }, signal: poll.signal });
                const text = await answer.text();
                lost(false);
                if (answer.status === 200 && !busy) take(text, null);
                else if (answer.status !== 204 && !busy) await pause(2000);
            } catch (why) {
                if (why.name !== "AbortError") {
                    lost(true);
                    await pause(1500);
                }
            }
        }
    };

    const send = async (form, pressed) => {
        if (busy) return;
        const body = new URLSearchParams(new FormData(form));
        const sent = new Map([...form.querySelectorAll("input")].map((el) => [el, el.value]));
        for (const [name, value] of Object.entries(pressed)) body.append(name, value);
        busy = true;
        if (poll) poll.abort();
        try {
            const answer = await fetch(form.getAttribute("action"), { method: "POST", body, headers: { "X-Till-Script": "1" } });
            if (answer.status === 403) location.reload();
            else if (answer.ok) take(await answer.text(), sent);
            lost(false);
        } catch {
            lost(true);
        }
        busy = false;
    };

    // ---- what is done on the page ----

    addEventListener("submit", (event) => {
        event.preventDefault();
        const by = event.submitter;
        send(event.target, by && by.name && !by.classList.contains("enter") ? { [by.name]: by.value } : { enter: "1" });
    });

    addEventListener("keydown", (event) => {
        const el = event.target;
        if (event.key !== "Enter" || event.isComposing || !(el instanceof HTMLInputElement) || !isText(el)) return;
        if (el.readOnly) event.preventDefault();
        else if (el.dataset.press) {
            event.preventDefault();
            send(el.form, { press: el.dataset.press });
        }
    });

    addEventListener("change", (event) => {
        const el = event.target;
        if (el.tagName === "SELECT") el.dataset.touched = "1";
        if (el.dataset.press && !isText(el)) send(el.form, { press: el.dataset.press });
    });

    // Whatever of the window a keyboard leaves: a field is shown with its label and its error.
    const keepVisible = (el) => {
        const field = el.closest(".field");
        if (!field || !isText(el)) return;
        const seen = Math.min(visualViewport ? visualViewport.height : innerHeight, innerHeight < 600 ? innerHeight / 2 : innerHeight);
        const box = field.getBoundingClientRect();
        if (box.top < 8 || box.bottom > seen - 8) scrollBy({ top: box.top - Math.max(8, Math.min(24, seen - box.height - 8)), behavior: "instant" });
    };

    addEventListener("focusin", (event) => requestAnimationFrame(() => keepVisible(event.target)));
    if (window.visualViewport)
        visualViewport.addEventListener("resize", () => document.activeElement && keepVisible(document.activeElement));

    // A button beside each password that shows it.
    const dress = () => {
        for (const el of document.querySelectorAll("input[data-show]")) {
            if (el.parentElement.querySelector(".show")) continue;
            const show = document.createElement("button");
            show.type = "button";
            show.className = "button plain show";
            show.dataset.own = "1";
            show.setAttribute("aria-controls", el.id);
            const label = document.querySelector(`label[for="${CSS.escape(el.id)}"]`);
            const name = (word) => {
                show.textContent = word;
                show.setAttribute("aria-label", `${word}: ${textOf(label)}`);
            };
            name(el.dataset.show);
            show.addEventListener("click", () => {
                const shown = el.type === "password";
                el.type = shown ? "text" : "password";
                if (shown) el.dataset.shown = "1";
                else delete el.dataset.shown;
                name(shown ? el.dataset.hide : el.dataset.show);
            });
            el.after(show);
        }
    };

    document.documentElement.classList.add("scripted");
    dress();
    follow();
})();
