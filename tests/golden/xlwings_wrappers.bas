Function BREAKEVEN_CURVE(deployment_a, what_a, deployment_b, what_b, Optional dau, Optional months, Optional assumptions, Optional figures, Optional variant_, Optional input_tokens, Optional output_tokens)
    #If App = "Microsoft Excel" Then
        If TypeOf Application.Caller Is Range Then On Error GoTo failed
        BREAKEVEN_CURVE = XLPy.CallUDF("xlmodel.hosts.excel", "BREAKEVEN_CURVE", Array(deployment_a, what_a, deployment_b, what_b, dau, months, assumptions, figures, variant_, input_tokens, output_tokens), ActiveWorkbook, Application.Caller)
        Exit Function
    #Else
        BREAKEVEN_CURVE = XLPy.CallUDF("xlmodel.hosts.excel", "BREAKEVEN_CURVE", Array(deployment_a, what_a, deployment_b, what_b, dau, months, assumptions, figures, variant_, input_tokens, output_tokens))
        Exit Function
    #End If
failed:
    BREAKEVEN_CURVE = Err.Description
End Function

Function BREAKEVEN_DAU(api_model, deployment, what, Optional input_tokens, Optional output_tokens, Optional assumptions, Optional figures, Optional variant_, Optional years)
    #If App = "Microsoft Excel" Then
        If TypeOf Application.Caller Is Range Then On Error GoTo failed
        BREAKEVEN_DAU = XLPy.CallUDF("xlmodel.hosts.excel", "BREAKEVEN_DAU", Array(api_model, deployment, what, input_tokens, output_tokens, assumptions, figures, variant_, years), ActiveWorkbook, Application.Caller)
        Exit Function
    #Else
        BREAKEVEN_DAU = XLPy.CallUDF("xlmodel.hosts.excel", "BREAKEVEN_DAU", Array(api_model, deployment, what, input_tokens, output_tokens, assumptions, figures, variant_, years))
        Exit Function
    #End If
failed:
    BREAKEVEN_DAU = Err.Description
End Function

Function BREAKEVEN_MONTHS(buy, Optional rent_per_month, Optional own_opex_per_month, Optional assumptions, Optional figures, Optional variant_)
    #If App = "Microsoft Excel" Then
        If TypeOf Application.Caller Is Range Then On Error GoTo failed
        BREAKEVEN_MONTHS = XLPy.CallUDF("xlmodel.hosts.excel", "BREAKEVEN_MONTHS", Array(buy, rent_per_month, own_opex_per_month, assumptions, figures, variant_), ActiveWorkbook, Application.Caller)
        Exit Function
    #Else
        BREAKEVEN_MONTHS = XLPy.CallUDF("xlmodel.hosts.excel", "BREAKEVEN_MONTHS", Array(buy, rent_per_month, own_opex_per_month, assumptions, figures, variant_))
        Exit Function
    #End If
failed:
    BREAKEVEN_MONTHS = Err.Description
End Function

Function LLM_ADVICE(Optional dau, Optional data_level, Optional task, Optional latency, Optional team, Optional ops_budget, Optional volatility, Optional budget, Optional calls_month, Optional decisions, Optional priority, Optional lang, Optional assumptions, Optional figures, Optional variant_)
    #If App = "Microsoft Excel" Then
        If TypeOf Application.Caller Is Range Then On Error GoTo failed
        LLM_ADVICE = XLPy.CallUDF("xlmodel.hosts.excel", "LLM_ADVICE", Array(dau, data_level, task, latency, team, ops_budget, volatility, budget, calls_month, decisions, priority, lang, assumptions, figures, variant_), ActiveWorkbook, Application.Caller)
        Exit Function
    #Else
        LLM_ADVICE = XLPy.CallUDF("xlmodel.hosts.excel", "LLM_ADVICE", Array(dau, data_level, task, latency, team, ops_budget, volatility, budget, calls_month, decisions, priority, lang, assumptions, figures, variant_))
        Exit Function
    #End If
failed:
    LLM_ADVICE = Err.Description
End Function

Function LLM_API_COST(api_model, dau, Optional input_tokens, Optional output_tokens, Optional assumptions, Optional figures, Optional variant_)
    #If App = "Microsoft Excel" Then
        If TypeOf Application.Caller Is Range Then On Error GoTo failed
        LLM_API_COST = XLPy.CallUDF("xlmodel.hosts.excel", "LLM_API_COST", Array(api_model, dau, input_tokens, output_tokens, assumptions, figures, variant_), ActiveWorkbook, Application.Caller)
        Exit Function
    #Else
        LLM_API_COST = XLPy.CallUDF("xlmodel.hosts.excel", "LLM_API_COST", Array(api_model, dau, input_tokens, output_tokens, assumptions, figures, variant_))
        Exit Function
    #End If
failed:
    LLM_API_COST = Err.Description
End Function

Function LLM_BASE_LOAD(api_model, deployment, what, dau, Optional years, Optional input_tokens, Optional output_tokens, Optional assumptions, Optional figures, Optional variant_)
    #If App = "Microsoft Excel" Then
        If TypeOf Application.Caller Is Range Then On Error GoTo failed
        LLM_BASE_LOAD = XLPy.CallUDF("xlmodel.hosts.excel", "LLM_BASE_LOAD", Array(api_model, deployment, what, dau, years, input_tokens, output_tokens, assumptions, figures, variant_), ActiveWorkbook, Application.Caller)
        Exit Function
    #Else
        LLM_BASE_LOAD = XLPy.CallUDF("xlmodel.hosts.excel", "LLM_BASE_LOAD", Array(api_model, deployment, what, dau, years, input_tokens, output_tokens, assumptions, figures, variant_))
        Exit Function
    #End If
failed:
    LLM_BASE_LOAD = Err.Description
End Function

Function LLM_CAPACITY(model, gpu_config, Optional precision, Optional input_tokens, Optional output_tokens, Optional assumptions, Optional figures, Optional variant_)
    #If App = "Microsoft Excel" Then
        If TypeOf Application.Caller Is Range Then On Error GoTo failed
        LLM_CAPACITY = XLPy.CallUDF("xlmodel.hosts.excel", "LLM_CAPACITY", Array(model, gpu_config, precision, input_tokens, output_tokens, assumptions, figures, variant_), ActiveWorkbook, Application.Caller)
        Exit Function
    #Else
        LLM_CAPACITY = XLPy.CallUDF("xlmodel.hosts.excel", "LLM_CAPACITY", Array(model, gpu_config, precision, input_tokens, output_tokens, assumptions, figures, variant_))
        Exit Function
    #End If
failed:
    LLM_CAPACITY = Err.Description
End Function

Function LLM_CATALOG(Optional table, Optional column1, Optional column2, Optional column3, Optional column4, Optional column5, Optional column6, Optional column7, Optional column8)
    #If App = "Microsoft Excel" Then
        If TypeOf Application.Caller Is Range Then On Error GoTo failed
        LLM_CATALOG = XLPy.CallUDF("xlmodel.hosts.excel", "LLM_CATALOG", Array(table, column1, column2, column3, column4, column5, column6, column7, column8), ActiveWorkbook, Application.Caller)
        Exit Function
    #Else
        LLM_CATALOG = XLPy.CallUDF("xlmodel.hosts.excel", "LLM_CATALOG", Array(table, column1, column2, column3, column4, column5, column6, column7, column8))
        Exit Function
    #End If
failed:
    LLM_CATALOG = Err.Description
End Function

Function LLM_CHECKLIST(Optional answers)
    #If App = "Microsoft Excel" Then
        If TypeOf Application.Caller Is Range Then On Error GoTo failed
        LLM_CHECKLIST = XLPy.CallUDF("xlmodel.hosts.excel", "LLM_CHECKLIST", Array(answers), ActiveWorkbook, Application.Caller)
        Exit Function
    #Else
        LLM_CHECKLIST = XLPy.CallUDF("xlmodel.hosts.excel", "LLM_CHECKLIST", Array(answers))
        Exit Function
    #End If
failed:
    LLM_CHECKLIST = Err.Description
End Function

Function LLM_COMPARE(dau, model, Optional years, Optional input_tokens, Optional output_tokens, Optional assumptions, Optional figures, Optional variant_)
    #If App = "Microsoft Excel" Then
        If TypeOf Application.Caller Is Range Then On Error GoTo failed
        LLM_COMPARE = XLPy.CallUDF("xlmodel.hosts.excel", "LLM_COMPARE", Array(dau, model, years, input_tokens, output_tokens, assumptions, figures, variant_), ActiveWorkbook, Application.Caller)
        Exit Function
    #Else
        LLM_COMPARE = XLPy.CallUDF("xlmodel.hosts.excel", "LLM_COMPARE", Array(dau, model, years, input_tokens, output_tokens, assumptions, figures, variant_))
        Exit Function
    #End If
failed:
    LLM_COMPARE = Err.Description
End Function

Function LLM_CONTEXT_LIMIT(model, precision, gpu_config, Optional max_model_len, Optional utilisation, Optional kv_precision, Optional batched_tokens, Optional sequences, Optional agent_tokens, Optional concurrency)
    #If App = "Microsoft Excel" Then
        If TypeOf Application.Caller Is Range Then On Error GoTo failed
        LLM_CONTEXT_LIMIT = XLPy.CallUDF("xlmodel.hosts.excel", "LLM_CONTEXT_LIMIT", Array(model, precision, gpu_config, max_model_len, utilisation, kv_precision, batched_tokens, sequences, agent_tokens, concurrency), ActiveWorkbook, Application.Caller)
        Exit Function
    #Else
        LLM_CONTEXT_LIMIT = XLPy.CallUDF("xlmodel.hosts.excel", "LLM_CONTEXT_LIMIT", Array(model, precision, gpu_config, max_model_len, utilisation, kv_precision, batched_tokens, sequences, agent_tokens, concurrency))
        Exit Function
    #End If
failed:
    LLM_CONTEXT_LIMIT = Err.Description
End Function

Function LLM_COST_PER_MTOK(deployment, what, dau, Optional years, Optional input_tokens, Optional output_tokens, Optional assumptions, Optional figures, Optional variant_)
    #If App = "Microsoft Excel" Then
        If TypeOf Application.Caller Is Range Then On Error GoTo failed
        LLM_COST_PER_MTOK = XLPy.CallUDF("xlmodel.hosts.excel", "LLM_COST_PER_MTOK", Array(deployment, what, dau, years, input_tokens, output_tokens, assumptions, figures, variant_), ActiveWorkbook, Application.Caller)
        Exit Function
    #Else
        LLM_COST_PER_MTOK = XLPy.CallUDF("xlmodel.hosts.excel", "LLM_COST_PER_MTOK", Array(deployment, what, dau, years, input_tokens, output_tokens, assumptions, figures, variant_))
        Exit Function
    #End If
failed:
    LLM_COST_PER_MTOK = Err.Description
End Function

Function LLM_FITS(model, precision, gpu_config, Optional context, Optional concurrency, Optional kv_precision, Optional engine)
    #If App = "Microsoft Excel" Then
        If TypeOf Application.Caller Is Range Then On Error GoTo failed
        LLM_FITS = XLPy.CallUDF("xlmodel.hosts.excel", "LLM_FITS", Array(model, precision, gpu_config, context, concurrency, kv_precision, engine), ActiveWorkbook, Application.Caller)
        Exit Function
    #Else
        LLM_FITS = XLPy.CallUDF("xlmodel.hosts.excel", "LLM_FITS", Array(model, precision, gpu_config, context, concurrency, kv_precision, engine))
        Exit Function
    #End If
failed:
    LLM_FITS = Err.Description
End Function

Function LLM_GPUS(model, precision, gpu, Optional context, Optional concurrency, Optional kv_precision)
    #If App = "Microsoft Excel" Then
        If TypeOf Application.Caller Is Range Then On Error GoTo failed
        LLM_GPUS = XLPy.CallUDF("xlmodel.hosts.excel", "LLM_GPUS", Array(model, precision, gpu, context, concurrency, kv_precision), ActiveWorkbook, Application.Caller)
        Exit Function
    #Else
        LLM_GPUS = XLPy.CallUDF("xlmodel.hosts.excel", "LLM_GPUS", Array(model, precision, gpu, context, concurrency, kv_precision))
        Exit Function
    #End If
failed:
    LLM_GPUS = Err.Description
End Function

Function LLM_HYBRID(phases, Optional assumptions, Optional figures, Optional variant_, Optional dau, Optional input_tokens, Optional output_tokens)
    #If App = "Microsoft Excel" Then
        If TypeOf Application.Caller Is Range Then On Error GoTo failed
        LLM_HYBRID = XLPy.CallUDF("xlmodel.hosts.excel", "LLM_HYBRID", Array(phases, assumptions, figures, variant_, dau, input_tokens, output_tokens), ActiveWorkbook, Application.Caller)
        Exit Function
    #Else
        LLM_HYBRID = XLPy.CallUDF("xlmodel.hosts.excel", "LLM_HYBRID", Array(phases, assumptions, figures, variant_, dau, input_tokens, output_tokens))
        Exit Function
    #End If
failed:
    LLM_HYBRID = Err.Description
End Function

Function LLM_KV_CACHE(model, context, Optional concurrency, Optional kv_precision)
    #If App = "Microsoft Excel" Then
        If TypeOf Application.Caller Is Range Then On Error GoTo failed
        LLM_KV_CACHE = XLPy.CallUDF("xlmodel.hosts.excel", "LLM_KV_CACHE", Array(model, context, concurrency, kv_precision), ActiveWorkbook, Application.Caller)
        Exit Function
    #Else
        LLM_KV_CACHE = XLPy.CallUDF("xlmodel.hosts.excel", "LLM_KV_CACHE", Array(model, context, concurrency, kv_precision))
        Exit Function
    #End If
failed:
    LLM_KV_CACHE = Err.Description
End Function

Function LLM_LATENCY(model, precision, gpu_config, metric, Optional input_len, Optional output_len, Optional concurrency, Optional engine, Optional parallelism)
    #If App = "Microsoft Excel" Then
        If TypeOf Application.Caller Is Range Then On Error GoTo failed
        LLM_LATENCY = XLPy.CallUDF("xlmodel.hosts.excel", "LLM_LATENCY", Array(model, precision, gpu_config, metric, input_len, output_len, concurrency, engine, parallelism), ActiveWorkbook, Application.Caller)
        Exit Function
    #Else
        LLM_LATENCY = XLPy.CallUDF("xlmodel.hosts.excel", "LLM_LATENCY", Array(model, precision, gpu_config, metric, input_len, output_len, concurrency, engine, parallelism))
        Exit Function
    #End If
failed:
    LLM_LATENCY = Err.Description
End Function

Function LLM_MAX_CONTEXT(model, precision, gpu_config, Optional concurrency, Optional kv_precision)
    #If App = "Microsoft Excel" Then
        If TypeOf Application.Caller Is Range Then On Error GoTo failed
        LLM_MAX_CONTEXT = XLPy.CallUDF("xlmodel.hosts.excel", "LLM_MAX_CONTEXT", Array(model, precision, gpu_config, concurrency, kv_precision), ActiveWorkbook, Application.Caller)
        Exit Function
    #Else
        LLM_MAX_CONTEXT = XLPy.CallUDF("xlmodel.hosts.excel", "LLM_MAX_CONTEXT", Array(model, precision, gpu_config, concurrency, kv_precision))
        Exit Function
    #End If
failed:
    LLM_MAX_CONTEXT = Err.Description
End Function

Function LLM_MODEL_FOR_TASK(task, Optional accuracy)
    #If App = "Microsoft Excel" Then
        If TypeOf Application.Caller Is Range Then On Error GoTo failed
        LLM_MODEL_FOR_TASK = XLPy.CallUDF("xlmodel.hosts.excel", "LLM_MODEL_FOR_TASK", Array(task, accuracy), ActiveWorkbook, Application.Caller)
        Exit Function
    #Else
        LLM_MODEL_FOR_TASK = XLPy.CallUDF("xlmodel.hosts.excel", "LLM_MODEL_FOR_TASK", Array(task, accuracy))
        Exit Function
    #End If
failed:
    LLM_MODEL_FOR_TASK = Err.Description
End Function

Function LLM_OWN_CAPEX(tier_or_gpu_config, Optional assumptions, Optional figures, Optional variant_)
    #If App = "Microsoft Excel" Then
        If TypeOf Application.Caller Is Range Then On Error GoTo failed
        LLM_OWN_CAPEX = XLPy.CallUDF("xlmodel.hosts.excel", "LLM_OWN_CAPEX", Array(tier_or_gpu_config, assumptions, figures, variant_), ActiveWorkbook, Application.Caller)
        Exit Function
    #Else
        LLM_OWN_CAPEX = XLPy.CallUDF("xlmodel.hosts.excel", "LLM_OWN_CAPEX", Array(tier_or_gpu_config, assumptions, figures, variant_))
        Exit Function
    #End If
failed:
    LLM_OWN_CAPEX = Err.Description
End Function

Function LLM_OWN_OPEX(tier_or_gpu_config, Optional assumptions, Optional figures, Optional variant_)
    #If App = "Microsoft Excel" Then
        If TypeOf Application.Caller Is Range Then On Error GoTo failed
        LLM_OWN_OPEX = XLPy.CallUDF("xlmodel.hosts.excel", "LLM_OWN_OPEX", Array(tier_or_gpu_config, assumptions, figures, variant_), ActiveWorkbook, Application.Caller)
        Exit Function
    #Else
        LLM_OWN_OPEX = XLPy.CallUDF("xlmodel.hosts.excel", "LLM_OWN_OPEX", Array(tier_or_gpu_config, assumptions, figures, variant_))
        Exit Function
    #End If
failed:
    LLM_OWN_OPEX = Err.Description
End Function

Function LLM_PAYBACK(deployment_a, what_a, deployment_b, what_b, Optional dau, Optional months, Optional input_tokens, Optional output_tokens, Optional assumptions, Optional figures, Optional variant_)
    #If App = "Microsoft Excel" Then
        If TypeOf Application.Caller Is Range Then On Error GoTo failed
        LLM_PAYBACK = XLPy.CallUDF("xlmodel.hosts.excel", "LLM_PAYBACK", Array(deployment_a, what_a, deployment_b, what_b, dau, months, input_tokens, output_tokens, assumptions, figures, variant_), ActiveWorkbook, Application.Caller)
        Exit Function
    #Else
        LLM_PAYBACK = XLPy.CallUDF("xlmodel.hosts.excel", "LLM_PAYBACK", Array(deployment_a, what_a, deployment_b, what_b, dau, months, input_tokens, output_tokens, assumptions, figures, variant_))
        Exit Function
    #End If
failed:
    LLM_PAYBACK = Err.Description
End Function

Function LLM_PLAN(model, dau, Optional precision, Optional gpu, Optional input_tokens, Optional output_tokens, Optional assumptions, Optional figures, Optional variant_)
    #If App = "Microsoft Excel" Then
        If TypeOf Application.Caller Is Range Then On Error GoTo failed
        LLM_PLAN = XLPy.CallUDF("xlmodel.hosts.excel", "LLM_PLAN", Array(model, dau, precision, gpu, input_tokens, output_tokens, assumptions, figures, variant_), ActiveWorkbook, Application.Caller)
        Exit Function
    #Else
        LLM_PLAN = XLPy.CallUDF("xlmodel.hosts.excel", "LLM_PLAN", Array(model, dau, precision, gpu, input_tokens, output_tokens, assumptions, figures, variant_))
        Exit Function
    #End If
failed:
    LLM_PLAN = Err.Description
End Function

Function LLM_PRECISION(task, Optional most_loss)
    #If App = "Microsoft Excel" Then
        If TypeOf Application.Caller Is Range Then On Error GoTo failed
        LLM_PRECISION = XLPy.CallUDF("xlmodel.hosts.excel", "LLM_PRECISION", Array(task, most_loss), ActiveWorkbook, Application.Caller)
        Exit Function
    #Else
        LLM_PRECISION = XLPy.CallUDF("xlmodel.hosts.excel", "LLM_PRECISION", Array(task, most_loss))
        Exit Function
    #End If
failed:
    LLM_PRECISION = Err.Description
End Function

Function LLM_PRICE(item, field, Optional figures)
    #If App = "Microsoft Excel" Then
        If TypeOf Application.Caller Is Range Then On Error GoTo failed
        LLM_PRICE = XLPy.CallUDF("xlmodel.hosts.excel", "LLM_PRICE", Array(item, field, figures), ActiveWorkbook, Application.Caller)
        Exit Function
    #Else
        LLM_PRICE = XLPy.CallUDF("xlmodel.hosts.excel", "LLM_PRICE", Array(item, field, figures))
        Exit Function
    #End If
failed:
    LLM_PRICE = Err.Description
End Function

Function LLM_RECOMMEND(Optional dau, Optional data_level, Optional task, Optional latency, Optional team, Optional ops_budget, Optional volatility, Optional budget, Optional calls_month, Optional decisions, Optional priority, Optional lang, Optional assumptions, Optional figures, Optional variant_)
    #If App = "Microsoft Excel" Then
        If TypeOf Application.Caller Is Range Then On Error GoTo failed
        LLM_RECOMMEND = XLPy.CallUDF("xlmodel.hosts.excel", "LLM_RECOMMEND", Array(dau, data_level, task, latency, team, ops_budget, volatility, budget, calls_month, decisions, priority, lang, assumptions, figures, variant_), ActiveWorkbook, Application.Caller)
        Exit Function
    #Else
        LLM_RECOMMEND = XLPy.CallUDF("xlmodel.hosts.excel", "LLM_RECOMMEND", Array(dau, data_level, task, latency, team, ops_budget, volatility, budget, calls_month, decisions, priority, lang, assumptions, figures, variant_))
        Exit Function
    #End If
failed:
    LLM_RECOMMEND = Err.Description
End Function

Function LLM_RENT_COST(gpu_config, Optional pricing, Optional assumptions, Optional figures, Optional variant_)
    #If App = "Microsoft Excel" Then
        If TypeOf Application.Caller Is Range Then On Error GoTo failed
        LLM_RENT_COST = XLPy.CallUDF("xlmodel.hosts.excel", "LLM_RENT_COST", Array(gpu_config, pricing, assumptions, figures, variant_), ActiveWorkbook, Application.Caller)
        Exit Function
    #Else
        LLM_RENT_COST = XLPy.CallUDF("xlmodel.hosts.excel", "LLM_RENT_COST", Array(gpu_config, pricing, assumptions, figures, variant_))
        Exit Function
    #End If
failed:
    LLM_RENT_COST = Err.Description
End Function

Function LLM_RESILIENCE(deployment, what, dau, Optional years, Optional input_tokens, Optional output_tokens, Optional assumptions, Optional figures, Optional variant_, Optional api_model, Optional fallback_share)
    #If App = "Microsoft Excel" Then
        If TypeOf Application.Caller Is Range Then On Error GoTo failed
        LLM_RESILIENCE = XLPy.CallUDF("xlmodel.hosts.excel", "LLM_RESILIENCE", Array(deployment, what, dau, years, input_tokens, output_tokens, assumptions, figures, variant_, api_model, fallback_share), ActiveWorkbook, Application.Caller)
        Exit Function
    #Else
        LLM_RESILIENCE = XLPy.CallUDF("xlmodel.hosts.excel", "LLM_RESILIENCE", Array(deployment, what, dau, years, input_tokens, output_tokens, assumptions, figures, variant_, api_model, fallback_share))
        Exit Function
    #End If
failed:
    LLM_RESILIENCE = Err.Description
End Function

Function LLM_RISK(percentile, deployment, what, Optional dau, Optional years, Optional input_tokens, Optional output_tokens, Optional assumptions, Optional figures, Optional variant_, Optional draws, Optional seed)
    #If App = "Microsoft Excel" Then
        If TypeOf Application.Caller Is Range Then On Error GoTo failed
        LLM_RISK = XLPy.CallUDF("xlmodel.hosts.excel", "LLM_RISK", Array(percentile, deployment, what, dau, years, input_tokens, output_tokens, assumptions, figures, variant_, draws, seed), ActiveWorkbook, Application.Caller)
        Exit Function
    #Else
        LLM_RISK = XLPy.CallUDF("xlmodel.hosts.excel", "LLM_RISK", Array(percentile, deployment, what, dau, years, input_tokens, output_tokens, assumptions, figures, variant_, draws, seed))
        Exit Function
    #End If
failed:
    LLM_RISK = Err.Description
End Function

Function LLM_RISK_COMPARE(deployment_a, what_a, deployment_b, what_b, Optional dau, Optional years, Optional input_tokens, Optional output_tokens, Optional assumptions, Optional figures, Optional variant_, Optional draws, Optional seed)
    #If App = "Microsoft Excel" Then
        If TypeOf Application.Caller Is Range Then On Error GoTo failed
        LLM_RISK_COMPARE = XLPy.CallUDF("xlmodel.hosts.excel", "LLM_RISK_COMPARE", Array(deployment_a, what_a, deployment_b, what_b, dau, years, input_tokens, output_tokens, assumptions, figures, variant_, draws, seed), ActiveWorkbook, Application.Caller)
        Exit Function
    #Else
        LLM_RISK_COMPARE = XLPy.CallUDF("xlmodel.hosts.excel", "LLM_RISK_COMPARE", Array(deployment_a, what_a, deployment_b, what_b, dau, years, input_tokens, output_tokens, assumptions, figures, variant_, draws, seed))
        Exit Function
    #End If
failed:
    LLM_RISK_COMPARE = Err.Description
End Function

Function LLM_SENSITIVITY(deployment, what, Optional dau, Optional years, Optional input_tokens, Optional output_tokens, Optional assumptions, Optional figures, Optional variant_)
    #If App = "Microsoft Excel" Then
        If TypeOf Application.Caller Is Range Then On Error GoTo failed
        LLM_SENSITIVITY = XLPy.CallUDF("xlmodel.hosts.excel", "LLM_SENSITIVITY", Array(deployment, what, dau, years, input_tokens, output_tokens, assumptions, figures, variant_), ActiveWorkbook, Application.Caller)
        Exit Function
    #Else
        LLM_SENSITIVITY = XLPy.CallUDF("xlmodel.hosts.excel", "LLM_SENSITIVITY", Array(deployment, what, dau, years, input_tokens, output_tokens, assumptions, figures, variant_))
        Exit Function
    #End If
failed:
    LLM_SENSITIVITY = Err.Description
End Function

Function LLM_SOURCE(item, field)
    #If App = "Microsoft Excel" Then
        If TypeOf Application.Caller Is Range Then On Error GoTo failed
        LLM_SOURCE = XLPy.CallUDF("xlmodel.hosts.excel", "LLM_SOURCE", Array(item, field), ActiveWorkbook, Application.Caller)
        Exit Function
    #Else
        LLM_SOURCE = XLPy.CallUDF("xlmodel.hosts.excel", "LLM_SOURCE", Array(item, field))
        Exit Function
    #End If
failed:
    LLM_SOURCE = Err.Description
End Function

Function LLM_SWITCH(api_model, deployment, what, dau, Optional years, Optional input_tokens, Optional output_tokens, Optional assumptions, Optional figures, Optional variant_, Optional share)
    #If App = "Microsoft Excel" Then
        If TypeOf Application.Caller Is Range Then On Error GoTo failed
        LLM_SWITCH = XLPy.CallUDF("xlmodel.hosts.excel", "LLM_SWITCH", Array(api_model, deployment, what, dau, years, input_tokens, output_tokens, assumptions, figures, variant_, share), ActiveWorkbook, Application.Caller)
        Exit Function
    #Else
        LLM_SWITCH = XLPy.CallUDF("xlmodel.hosts.excel", "LLM_SWITCH", Array(api_model, deployment, what, dau, years, input_tokens, output_tokens, assumptions, figures, variant_, share))
        Exit Function
    #End If
failed:
    LLM_SWITCH = Err.Description
End Function

Function LLM_TCO(deployment, what, Optional dau, Optional years, Optional input_tokens, Optional output_tokens, Optional assumptions, Optional figures, Optional variant_)
    #If App = "Microsoft Excel" Then
        If TypeOf Application.Caller Is Range Then On Error GoTo failed
        LLM_TCO = XLPy.CallUDF("xlmodel.hosts.excel", "LLM_TCO", Array(deployment, what, dau, years, input_tokens, output_tokens, assumptions, figures, variant_), ActiveWorkbook, Application.Caller)
        Exit Function
    #Else
        LLM_TCO = XLPy.CallUDF("xlmodel.hosts.excel", "LLM_TCO", Array(deployment, what, dau, years, input_tokens, output_tokens, assumptions, figures, variant_))
        Exit Function
    #End If
failed:
    LLM_TCO = Err.Description
End Function

Function LLM_TCO_TABLE(deployment, what, Optional dau, Optional years, Optional input_tokens, Optional output_tokens, Optional assumptions, Optional figures, Optional variant_)
    #If App = "Microsoft Excel" Then
        If TypeOf Application.Caller Is Range Then On Error GoTo failed
        LLM_TCO_TABLE = XLPy.CallUDF("xlmodel.hosts.excel", "LLM_TCO_TABLE", Array(deployment, what, dau, years, input_tokens, output_tokens, assumptions, figures, variant_), ActiveWorkbook, Application.Caller)
        Exit Function
    #Else
        LLM_TCO_TABLE = XLPy.CallUDF("xlmodel.hosts.excel", "LLM_TCO_TABLE", Array(deployment, what, dau, years, input_tokens, output_tokens, assumptions, figures, variant_))
        Exit Function
    #End If
failed:
    LLM_TCO_TABLE = Err.Description
End Function

Function LLM_THROUGHPUT(model, precision, gpu_config, Optional input_len, Optional output_len, Optional concurrency, Optional engine, Optional parallelism)
    #If App = "Microsoft Excel" Then
        If TypeOf Application.Caller Is Range Then On Error GoTo failed
        LLM_THROUGHPUT = XLPy.CallUDF("xlmodel.hosts.excel", "LLM_THROUGHPUT", Array(model, precision, gpu_config, input_len, output_len, concurrency, engine, parallelism), ActiveWorkbook, Application.Caller)
        Exit Function
    #Else
        LLM_THROUGHPUT = XLPy.CallUDF("xlmodel.hosts.excel", "LLM_THROUGHPUT", Array(model, precision, gpu_config, input_len, output_len, concurrency, engine, parallelism))
        Exit Function
    #End If
failed:
    LLM_THROUGHPUT = Err.Description
End Function

Function LLM_UTILISATION(model, gpu_config, Optional precision, Optional input_tokens, Optional output_tokens, Optional assumptions, Optional figures, Optional variant_, Optional api_model, Optional years)
    #If App = "Microsoft Excel" Then
        If TypeOf Application.Caller Is Range Then On Error GoTo failed
        LLM_UTILISATION = XLPy.CallUDF("xlmodel.hosts.excel", "LLM_UTILISATION", Array(model, gpu_config, precision, input_tokens, output_tokens, assumptions, figures, variant_, api_model, years), ActiveWorkbook, Application.Caller)
        Exit Function
    #Else
        LLM_UTILISATION = XLPy.CallUDF("xlmodel.hosts.excel", "LLM_UTILISATION", Array(model, gpu_config, precision, input_tokens, output_tokens, assumptions, figures, variant_, api_model, years))
        Exit Function
    #End If
failed:
    LLM_UTILISATION = Err.Description
End Function

Function LLM_VRAM(model, Optional precision, Optional context, Optional concurrency, Optional kv_precision)
    #If App = "Microsoft Excel" Then
        If TypeOf Application.Caller Is Range Then On Error GoTo failed
        LLM_VRAM = XLPy.CallUDF("xlmodel.hosts.excel", "LLM_VRAM", Array(model, precision, context, concurrency, kv_precision), ActiveWorkbook, Application.Caller)
        Exit Function
    #Else
        LLM_VRAM = XLPy.CallUDF("xlmodel.hosts.excel", "LLM_VRAM", Array(model, precision, context, concurrency, kv_precision))
        Exit Function
    #End If
failed:
    LLM_VRAM = Err.Description
End Function

