// Runs main.py under Pyodide: node lite_run.mjs PYODIDE REQUEST; the request holds the text of main.py and calls, the answer is JSON.
// xlwings Lite is played by two decorators that keep what a function asks for, and a call that hands over cells as rows.
import fs from "node:fs";
import path from "node:path";

const [folder, requestFile] = process.argv.slice(2);
const { loadPyodide } = await import(path.join(folder, "pyodide.mjs"));
const python = await loadPyodide();
python.globals.set("request_text", fs.readFileSync(requestFile, "utf8"));
console.log(python.runPython(`
import json, sys, time, types

def func(function):
    function.served = True
    return function

def arg(name, **options):
    def keep(function):
        function.__dict__.setdefault("options", {})[name] = options
        return function
    return keep

lite = types.ModuleType("xlwings")
lite.func, lite.arg = func, arg
sys.modules["xlwings"] = lite
request = json.loads(request_text)
main = types.ModuleType("main")
exec(compile(request["main"], "main.py", "exec"), main.__dict__)
served = {name: each for name, each in vars(main).items() if getattr(each, "served", False)}

def asked(value):
    if value is None:
        return None
    return value if isinstance(value, list) else [[value]]

answers, started = [], time.perf_counter()
for name, given in request["calls"]:
    function = served[name]
    assert all(options["ndim"] == 2 for options in function.options.values())
    try:
        answers.append({"value": function(*map(asked, given))})
    except Exception as error:
        answers.append({"error": str(error), "kind": type(error).__name__})
json.dumps({
    "answers": answers,
    "seconds": time.perf_counter() - started,
    "served": {name: [each.__doc__, list(each.options)] for name, each in served.items()},
    "python": sys.version.split()[0],
})
`));
