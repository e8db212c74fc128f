"use strict";
// globalThis.gonb_comm: what gonbui's widgets and scripts in the page call. Values
// go by a WebSocket of its own to the kernel, on the control channel, so that they
// arrive while a cell runs.
(() => {
    const kernel = KERNEL_ID;
    const before = globalThis.gonb_comm;
    if (before && before._kernel === kernel && !before._closed) {
        return; // as an earlier cell left it
    }
    if (before) {
        before.close(1000, "another kernel");
    }

    // Where the server is: Jupyter's pages say it in one of two ways.
    function place() {
        const element = document.getElementById("jupyter-config-data");
        const config = element ? JSON.parse(element.textContent) : {};
        const data = document.body ? document.body.dataset : {};
        const base = config.baseUrl || data.baseUrl || "/";
        const url = new URL(config.wsUrl || data.wsUrl || base, document.location.href);
        url.protocol = url.protocol.replace("http", "ws");
        url.pathname = url.pathname.replace(/\/*$/, "/") + "api/kernels/" + encodeURIComponent(kernel) + "/channels";
        url.searchParams.set("session_id", session);
        const token = config.token || data.jupyterApiToken;
        if (token) {
            url.searchParams.set("token", token);
        }
        return url.href;
    }

    function unique() {
        // crypto.randomUUID is there on https and localhost only.
        return Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");
    }

    const session = unique();
    const id = unique();
    const listeners = new Map(); // address → Map of symbol → function
    const addresses = new Map(); // symbol → address
    const variables = new Map(); // address → variable
    const last = new Map();      // address → the last value sent, for the kernel that asks
    let ready = false;
    let waiting = [];            // messages before the kernel has answered

    function message(type, content) {
        return {
            header: {msg_id: unique(), msg_type: type, session: session, username: "", version: "5.4", date: new Date().toISOString()},
            parent_header: {}, metadata: {}, buffers: [], channel: "control", content: content,
        };
    }

    function post(data) {
        const text = JSON.stringify(message("comm_msg", {comm_id: id, data: data}));
        if (ready) {
            socket.send(text);
        } else {
            waiting.push(text);
        }
    }

    function received(data) {
        const address = data.address;
        if (address === "#comm_open_ack") {
            ready = true;
            waiting.forEach((text) => socket.send(text));
            waiting = [];
            return;
        }
        if (address === "#heartbeat/ping") {
            post({address: "#heartbeat/pong", value: true});
            return;
        }
        if (data.read_request) {
            if (last.has(address)) {
                post({address: address, value: last.get(address)});
            }
            return;
        }
        if (!("value" in data)) {
            return;
        }
        last.set(address, data.value);
        for (const listener of Array.from((listeners.get(address) || new Map()).values())) {
            listener(address, data.value);
        }
    }

    const comm = {
        debug: false,
        _kernel: kernel,
        _closed: false,

        send(address, value) {
            last.set(address, value);
            post({address: address, value: value});
        },

        subscribe(address, callback) {
            const symbol = Symbol("gonb " + address);
            if (!listeners.has(address)) {
                listeners.set(address, new Map());
            }
            listeners.get(address).set(symbol, callback);
            addresses.set(symbol, address);
            return symbol;
        },

        unsubscribe(symbol) {
            const address = addresses.get(symbol);
            addresses.delete(symbol);
            const of = listeners.get(address);
            if (of) {
                of.delete(symbol);
                if (of.size === 0) {
                    listeners.delete(address);
                }
            }
        },

        newSyncedVariable(address, value) {
            if (variables.has(address)) {
                const known = variables.get(address);
                known.set(value);
                return known;
            }
            const subscribers = new Map();
            let now = null;
            function take(v) {
                if (v === now) {
                    return false;
                }
                now = v;
                Array.from(subscribers.values()).forEach((f) => f(v));
                return true;
            }
            const variable = {
                get: () => now,
                set(v) {
                    if (take(v)) {
                        comm.send(address, v);
                    }
                },
                subscribe(f) {
                    const symbol = Symbol("gonb variable");
                    subscribers.set(symbol, f);
                    return symbol;
                },
                unsubscribe: (symbol) => { subscribers.delete(symbol); },
            };
            comm.subscribe(address, (_, v) => { take(v); });
            variables.set(address, variable);
            variable.set(value);
            return variable;
        },

        close(code, reason) {
            comm._closed = true;
            if (globalThis.gonb_comm === comm) {
                delete globalThis.gonb_comm;
            }
            socket.close(code, reason);
        },
    };

    globalThis.gonb_comm = comm;
    const socket = new WebSocket(place());
    socket.onopen = () => {
        socket.send(JSON.stringify(message("comm_open", {comm_id: id, target_name: "gonb_comm", data: {}})));
    };
    socket.onmessage = (event) => {
        if (typeof event.data !== "string") {
            return; // with binary buffers: not ours
        }
        const m = JSON.parse(event.data);
        if (m.header.msg_type === "comm_msg" && m.content.comm_id === id && m.content.data) {
            received(m.content.data);
        } else if (m.header.msg_type === "comm_close" && m.content.comm_id === id) {
            comm.close(1000, "closed by the kernel");
        }
    };
    socket.onclose = () => {
        comm._closed = true;
        if (globalThis.gonb_comm === comm) {
            delete globalThis.gonb_comm;
        }
    };
    socket.onerror = () => {
        console.error("gonb_comm: no connection to the kernel at " + new URL(socket.url).host + "; gonbui's widgets will not move");
    };
})();
