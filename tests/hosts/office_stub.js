// What Excel gives to the JavaScript of an add-in, as far as ours uses it; `run` plays Excel's recalculation.
globalThis.CustomFunctions = {
  associated: {},
  associate(id, made) { this.associated[id] = made; },
  ErrorCode: {
    divisionByZero: "#DIV/0!", invalidName: "#NAME?", invalidNumber: "#NUM!", invalidReference: "#REF!",
    invalidValue: "#VALUE!", notAvailable: "#N/A", nullReference: "#NULL!",
  },
  Error: class { constructor(code, message) { this.code = code; this.message = message; } },
};
globalThis.Office = { onReady(then) { then({ host: "Excel" }); } };
globalThis.requests = 0;
const send = globalThis.fetch;
globalThis.fetch = function (...given) { globalThis.requests += 1; return send.apply(globalThis, given); };
globalThis.run = async function (calls) {
  const cell = (value) => (value !== null && value.error ? new CustomFunctions.Error(value.error, "") : value);
  const answers = await Promise.all(calls.map(([name, given]) => {
    // every argument is declared as rows; the last thing passed is what Excel knows about the call
    const args = given.map((value) => (value === null || Array.isArray(value) ? value : [[cell(value)]]));
    return CustomFunctions.associated[name](...args, { functionName: name })
      .then((value) => ({ value }), (error) => ({ error: error.code, message: error.message }));
  }));
  return { answers, requests: globalThis.requests, associated: Object.keys(CustomFunctions.associated) };
};
