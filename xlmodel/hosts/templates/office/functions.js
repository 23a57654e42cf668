// The functions in Excel: the calls of one recalculation travel together, equal ones once, and each cell gets its own answer.
(function () {
  "use strict";
  const GATHER_MS = 10;
  const MOST_CALLS = 1000;
  const MOST_CELLS = 100000;
  const BUSY = 503;
  const TRIES = 5;
  const PAUSE_MS = 500;
  const here = new URL(document.currentScript.src);
  const call = new URL("call", here).href;
  const token = here.searchParams.get("token");
  const functions = {functions}; // how many arguments each has
  let waiting = new Map();
  let sending = false;

  function failure(code, message) {
    const codes = CustomFunctions.ErrorCode;
    const known = {
      "#N/A": codes.notAvailable,
      "#NUM!": codes.invalidNumber,
      "#DIV/0!": codes.divisionByZero,
      "#NULL!": codes.nullReference,
    };
    return new CustomFunctions.Error(known[code] || codes.invalidValue, message);
  }

  // a cell of Excel as JSON: an error as its code, a data type as the value that it shows
  function plain(cell) {
    if (Array.isArray(cell)) return cell.map(plain);
    if (cell === undefined || cell === null) return null;
    if (typeof cell !== "object") return cell;
    if (typeof cell.code === "string") return cell.code;
    return cell.basicValue === undefined ? String(cell) : cell.basicValue;
  }

  function cells(argument) {
    return Array.isArray(argument) ? argument.length * argument[0].length : 1;
  }

  function ask(name, given) {
    const request = { name: name, args: given.map(plain) };
    const key = JSON.stringify(request);
    return new Promise(function (resolve, reject) {
      const entry = waiting.get(key);
      if (entry) {
        entry.cells.push({ resolve, reject });
        return;
      }
      waiting.set(key, { request, cells: [{ resolve, reject }] });
      if (!sending) {
        sending = true;
        setTimeout(send, GATHER_MS);
      }
    });
  }

  async function send() {
    while (waiting.size > 0) {
      const batch = take();
      try {
        const answers = await exchange(batch.map(([, entry]) => entry.request));
        const open = batch.slice(answers.length);
        if (open.length === batch.length) throw new Error("the server answered nothing");
        putBack(open);
        answers.forEach((answer, place) => settle(batch[place][1], answer));
      } catch (fault) {
        const message = "xlmodel server: " + fault.message;
        batch.forEach(([, entry]) => settle(entry, { error: "#N/A", message: message }));
      }
    }
    sending = false;
  }

  // what the answer left out goes first, together with the cells that asked for the same meanwhile
  function putBack(open) {
    const later = waiting;
    waiting = new Map(open);
    for (const [key, entry] of later) {
      const same = waiting.get(key);
      if (same) same.cells.push(...entry.cells);
      else waiting.set(key, entry);
    }
  }

  function take() {
    const batch = [];
    let size = 0;
    for (const each of waiting) {
      size += each[1].request.args.reduce((sum, argument) => sum + cells(argument), 0);
      if (batch.length === MOST_CALLS || (batch.length > 0 && size > MOST_CELLS)) break;
      batch.push(each);
    }
    batch.forEach(([key]) => waiting.delete(key));
    return batch;
  }

  async function exchange(calls) {
    const headers = { "Content-Type": "application/json" };
    if (token) headers.Authorization = "Bearer " + token;
    const request = { method: "POST", headers: headers, body: JSON.stringify({ calls: calls }) };
    let response = await fetch(call, request);
    for (let tries = 1; response.status === BUSY && tries < TRIES; tries++) {
      await new Promise((resume) => setTimeout(resume, PAUSE_MS * tries));
      response = await fetch(call, request);
    }
    if (!response.ok) throw new Error((await response.text()).slice(0, 200));
    return (await response.json()).answers;
  }

  function settle(entry, answer) {
    for (const cell of entry.cells) {
      if (answer.error) cell.reject(failure(answer.error, answer.message));
      else cell.resolve(shown(answer.value));
    }
  }

  // a blank cell of a table is empty text: Excel would show null as 0
  function shown(value) {
    return Array.isArray(value) ? value.map((row) => row.map((cell) => (cell === null ? "" : cell))) : value;
  }

  Office.onReady(function () {
    for (const [name, most] of Object.entries(functions)) {
      // Excel passes what it knows about the call after the last argument
      CustomFunctions.associate(name, (...given) => ask(name, given.slice(0, most)));
    }
  });
})();
