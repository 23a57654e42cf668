// Tries one function: the form's fields are its arguments, in their order.
(function () {
  "use strict";
  const here = new URL(document.currentScript.src);
  const token = here.searchParams.get("token");
  const headers = { "Content-Type": "application/json" };
  if (token) headers.Authorization = "Bearer " + token;

  // lines with tabs, as copied from a sheet, are a range; a number is one where the argument takes it
  function read(field) {
    const text = field.value.trim();
    if (text === "") return null;
    if (/[\t\n]/.test(text)) {
      const rows = text.split("\n").map((line) => line.split("\t").map((cell) => number(cell.trim())));
      const width = Math.max(...rows.map((row) => row.length));
      return rows.map((row) => [...row, ...Array(width - row.length).fill(null)]);
    }
    return field.dataset.kind === "any" ? text : number(text);
  }

  function number(text) {
    if (text === "") return null;
    return isNaN(Number(text)) ? text : Number(text);
  }

  function table(rows) {
    const made = document.createElement("table");
    rows.forEach(function (row, place) {
      const line = made.insertRow();
      for (const cell of row) {
        const box = line.appendChild(document.createElement(place === 0 ? "th" : "td"));
        box.textContent = cell === null ? "" : cell;
      }
    });
    return made;
  }

  function show(output, answer) {
    output.className = answer.error ? "error" : "";
    if (answer.error) output.replaceChildren(answer.error + ": " + answer.message);
    else if (Array.isArray(answer.value)) output.replaceChildren(table(answer.value));
    else output.replaceChildren(typeof answer.value === "boolean" ? String(answer.value).toUpperCase() : String(answer.value));
  }

  async function compute(form, output) {
    const args = [...form.querySelectorAll("textarea")].map(read);
    const call = { name: form.dataset.function, args: args };
    try {
      const request = { method: "POST", headers: headers, body: JSON.stringify({ calls: [call] }) };
      const response = await fetch(new URL("call", here), request);
      if (!response.ok) throw new Error(await response.text());
      show(output, (await response.json()).answers[0]);
    } catch (fault) {
      show(output, { error: "xlmodel server", message: fault.message });
    }
  }

  document.addEventListener("submit", function (event) {
    event.preventDefault();
    compute(event.target, event.target.parentElement.querySelector("output"));
  });
})();
