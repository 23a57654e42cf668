Attribute VB_Name = "xlmodel_udfs"
' The worksheet functions of xlmodel, written by the command: xlmodel addin excel
' It stands in xlmodel.xlam and xlmodel.xlsm already; XLPy stands in the xlwings module of those files.
' A failure becomes an Excel error, not a text. The macro XlmodelExplain shows why, for the selected cell.
Option Explicit

Private Const ERROR_MARK As String = "xlmodel #"
Private messages As Object

' The values of a range (an error stays an error, a date is a number); anything else as it is.
Private Function XlmodelArgument(ByVal given As Variant) As Variant
    Dim area As Object
    Dim lastRow As Long
    If Not IsObject(given) Then
        XlmodelArgument = given
        Exit Function
    End If
    Set area = given
    If area.Areas.Count > 1 Then
        XlmodelArgument = CVErr(2015)
        Exit Function
    End If
    ' Whole columns: nothing stands below the used range.
    If area.Rows.Count > 1000 Then
        lastRow = area.Worksheet.UsedRange.Row + area.Worksheet.UsedRange.Rows.Count - 1
        If lastRow < area.Row Then lastRow = area.Row
        If lastRow < area.Row + area.Rows.Count - 1 Then Set area = area.Resize(lastRow - area.Row + 1)
    End If
    XlmodelArgument = area.Value2
End Function

' The error that a failure stands for. Python marks it "xlmodel #N/A: message", at the end of the description;
' a failure without the mark (Python not found, for example) is #VALUE!.
Private Function XlmodelError(ByVal description As String) As Variant
    Dim start As Long
    Dim code As String
    Dim number As Long
    start = InStrRev(description, ERROR_MARK)
    If start > 0 Then
        description = Mid$(description, start + Len(ERROR_MARK) - 1)
        code = Left$(description, InStr(description & ":", ":") - 1)
    End If
    Select Case code
        Case "#NULL!": number = 2000
        Case "#DIV/0!": number = 2007
        Case "#VALUE!": number = 2015
        Case "#REF!": number = 2023
        Case "#NAME?": number = 2029
        Case "#NUM!": number = 2036
        Case "#N/A": number = 2042
        Case "#GETTING_DATA": number = 2043
        Case "#SPILL!": number = 2045
        Case "#CONNECT!": number = 2046
        Case "#BLOCKED!": number = 2047
        Case "#UNKNOWN!": number = 2048
        Case "#FIELD!": number = 2049
        Case "#CALC!": number = 2050
        Case Else: number = 2015
    End Select
    XlmodelRemember description
    XlmodelError = CVErr(number)
End Function

Private Sub XlmodelRemember(ByVal message As String)
    If TypeName(Application.Caller) <> "Range" Then Exit Sub
    If messages Is Nothing Then Set messages = CreateObject("Scripting.Dictionary")
    messages(Application.Caller.Cells(1, 1).Address(External:=True)) = message
End Sub

' Macro: why the selected cell shows an error.
Public Sub XlmodelExplain()
    Dim place As String
    Dim message As String
    place = ActiveCell.Address(External:=True)
    message = "No xlmodel function has failed in " & place & " since Excel was started."
    If Not messages Is Nothing Then
        If messages.Exists(place) Then message = "The last failure in " & place & vbLf & vbLf & messages(place)
    End If
    MsgBox message, vbInformation, "xlmodel"
End Sub

' Runs when the file opens: gives Excel the help of each function and argument. What fails here is only help,
' so it stops nothing; the macro below says what failed.
Public Sub XlmodelOnOpen()
    Dim failure As String
    failure = XlmodelHelpFailure()
End Sub

' Macro: the same with a message, for who misses the help.
Public Sub XlmodelRegisterHelp()
    Dim failure As String
    failure = XlmodelHelpFailure()
    If failure = "" Then failure = "The help of the xlmodel functions is registered."
    MsgBox failure, vbInformation, "xlmodel"
End Sub

' Registers the help in the language of Excel's menus (Chinese or English) and tells what failed, if anything.
' The texts stand in cells, because VBA source holds no Chinese that every computer reads alike.
Private Function XlmodelHelpFailure() As String
    Dim sheet As Object
    Dim found As Object
    Dim hidden As Boolean
    Dim saved As Boolean
    Dim column As Long
    Dim place As Long
    hidden = ThisWorkbook.IsAddin
    saved = ThisWorkbook.Saved
    On Error GoTo failed
    For Each sheet In ThisWorkbook.Worksheets
        If sheet.Range("D1").Value = "xlmodel help" Then Set found = sheet
    Next sheet
    column = 6
    If (Application.LanguageSettings.LanguageID(2) And 1023) = 4 Then column = 5
    ' Excel describes no function of a hidden workbook.
    ThisWorkbook.IsAddin = False
    place = 2
    Do While found.Cells(place, 4).Value <> ""
        XlmodelDescribe found.Cells(place, 4).Value, found.Cells(place, column).Value
        place = place + 1
    Loop
failed:
    XlmodelHelpFailure = Err.Description
    ThisWorkbook.IsAddin = hidden
    ThisWorkbook.Saved = saved
End Function

Private Sub XlmodelDescribe(ByVal functionName As String, ByVal help As String)
    Dim texts() As String
    Dim helps() As Variant
    Dim position As Long
    texts = Split(help, vbLf)
    If UBound(texts) = 0 Then
        Application.MacroOptions Macro:="'" & ThisWorkbook.Name & "'!" & functionName, _
            Description:=texts(0), Category:="xlmodel"
        Exit Sub
    End If
    ReDim helps(1 To UBound(texts))
    For position = 1 To UBound(texts)
        helps(position) = texts(position)
    Next position
    Application.MacroOptions Macro:="'" & ThisWorkbook.Name & "'!" & functionName, _
        Description:=texts(0), Category:="xlmodel", ArgumentDescriptions:=helps
End Sub

Public Function LLM_CATALOG(Optional table As Variant, Optional column1 As Variant, _
    Optional column2 As Variant, Optional column3 As Variant, Optional column4 As Variant, _
    Optional column5 As Variant, Optional column6 As Variant, Optional column7 As Variant, _
    Optional column8 As Variant) As Variant
    On Error GoTo failed
    LLM_CATALOG = XLPy.CallUDF("xlmodel.hosts.excel", "LLM_CATALOG", Array(XlmodelArgument(table), _
        XlmodelArgument(column1), XlmodelArgument(column2), XlmodelArgument(column3), _
        XlmodelArgument(column4), XlmodelArgument(column5), XlmodelArgument(column6), _
        XlmodelArgument(column7), XlmodelArgument(column8)))
    Exit Function
failed:
    LLM_CATALOG = XlmodelError(Err.Description)
End Function

Public Function LLM_PRICE(item As Variant, field As Variant, Optional figures As Variant) As Variant
    On Error GoTo failed
    LLM_PRICE = XLPy.CallUDF("xlmodel.hosts.excel", "LLM_PRICE", Array(XlmodelArgument(item), _
        XlmodelArgument(field), XlmodelArgument(figures)))
    Exit Function
failed:
    LLM_PRICE = XlmodelError(Err.Description)
End Function

Public Function LLM_SOURCE(item As Variant, field As Variant) As Variant
    On Error GoTo failed
    LLM_SOURCE = XLPy.CallUDF("xlmodel.hosts.excel", "LLM_SOURCE", Array(XlmodelArgument(item), _
        XlmodelArgument(field)))
    Exit Function
failed:
    LLM_SOURCE = XlmodelError(Err.Description)
End Function

Public Function LLM_API_COST(api_model As Variant, dau As Variant, _
    Optional input_tokens As Variant, Optional output_tokens As Variant, _
    Optional assumptions As Variant, Optional figures As Variant, _
    Optional variant_ As Variant) As Variant
    On Error GoTo failed
    LLM_API_COST = XLPy.CallUDF("xlmodel.hosts.excel", "LLM_API_COST", _
        Array(XlmodelArgument(api_model), XlmodelArgument(dau), XlmodelArgument(input_tokens), _
        XlmodelArgument(output_tokens), XlmodelArgument(assumptions), XlmodelArgument(figures), _
        XlmodelArgument(variant_)))
    Exit Function
failed:
    LLM_API_COST = XlmodelError(Err.Description)
End Function

Public Function LLM_RENT_COST(gpu_config As Variant, Optional pricing As Variant, _
    Optional assumptions As Variant, Optional figures As Variant, _
    Optional variant_ As Variant) As Variant
    On Error GoTo failed
    LLM_RENT_COST = XLPy.CallUDF("xlmodel.hosts.excel", "LLM_RENT_COST", _
        Array(XlmodelArgument(gpu_config), XlmodelArgument(pricing), XlmodelArgument(assumptions), _
        XlmodelArgument(figures), XlmodelArgument(variant_)))
    Exit Function
failed:
    LLM_RENT_COST = XlmodelError(Err.Description)
End Function

Public Function LLM_OWN_CAPEX(tier_or_gpu_config As Variant, Optional assumptions As Variant, _
    Optional figures As Variant, Optional variant_ As Variant) As Variant
    On Error GoTo failed
    LLM_OWN_CAPEX = XLPy.CallUDF("xlmodel.hosts.excel", "LLM_OWN_CAPEX", _
        Array(XlmodelArgument(tier_or_gpu_config), XlmodelArgument(assumptions), _
        XlmodelArgument(figures), XlmodelArgument(variant_)))
    Exit Function
failed:
    LLM_OWN_CAPEX = XlmodelError(Err.Description)
End Function

Public Function LLM_OWN_OPEX(tier_or_gpu_config As Variant, Optional assumptions As Variant, _
    Optional figures As Variant, Optional variant_ As Variant) As Variant
    On Error GoTo failed
    LLM_OWN_OPEX = XLPy.CallUDF("xlmodel.hosts.excel", "LLM_OWN_OPEX", _
        Array(XlmodelArgument(tier_or_gpu_config), XlmodelArgument(assumptions), _
        XlmodelArgument(figures), XlmodelArgument(variant_)))
    Exit Function
failed:
    LLM_OWN_OPEX = XlmodelError(Err.Description)
End Function

Public Function LLM_TCO(deployment As Variant, what As Variant, Optional dau As Variant, _
    Optional years As Variant, Optional input_tokens As Variant, Optional output_tokens As Variant, _
    Optional assumptions As Variant, Optional figures As Variant, _
    Optional variant_ As Variant) As Variant
    On Error GoTo failed
    LLM_TCO = XLPy.CallUDF("xlmodel.hosts.excel", "LLM_TCO", Array(XlmodelArgument(deployment), _
        XlmodelArgument(what), XlmodelArgument(dau), XlmodelArgument(years), _
        XlmodelArgument(input_tokens), XlmodelArgument(output_tokens), _
        XlmodelArgument(assumptions), XlmodelArgument(figures), XlmodelArgument(variant_)))
    Exit Function
failed:
    LLM_TCO = XlmodelError(Err.Description)
End Function

Public Function LLM_TCO_TABLE(deployment As Variant, what As Variant, Optional dau As Variant, _
    Optional years As Variant, Optional input_tokens As Variant, Optional output_tokens As Variant, _
    Optional assumptions As Variant, Optional figures As Variant, _
    Optional variant_ As Variant) As Variant
    On Error GoTo failed
    LLM_TCO_TABLE = XLPy.CallUDF("xlmodel.hosts.excel", "LLM_TCO_TABLE", _
        Array(XlmodelArgument(deployment), XlmodelArgument(what), XlmodelArgument(dau), _
        XlmodelArgument(years), XlmodelArgument(input_tokens), XlmodelArgument(output_tokens), _
        XlmodelArgument(assumptions), XlmodelArgument(figures), XlmodelArgument(variant_)))
    Exit Function
failed:
    LLM_TCO_TABLE = XlmodelError(Err.Description)
End Function

Public Function LLM_COMPARE(dau As Variant, model As Variant, Optional years As Variant, _
    Optional input_tokens As Variant, Optional output_tokens As Variant, _
    Optional assumptions As Variant, Optional figures As Variant, _
    Optional variant_ As Variant) As Variant
    On Error GoTo failed
    LLM_COMPARE = XLPy.CallUDF("xlmodel.hosts.excel", "LLM_COMPARE", Array(XlmodelArgument(dau), _
        XlmodelArgument(model), XlmodelArgument(years), XlmodelArgument(input_tokens), _
        XlmodelArgument(output_tokens), XlmodelArgument(assumptions), XlmodelArgument(figures), _
        XlmodelArgument(variant_)))
    Exit Function
failed:
    LLM_COMPARE = XlmodelError(Err.Description)
End Function

Public Function LLM_COST_PER_MTOK(deployment As Variant, what As Variant, dau As Variant, _
    Optional years As Variant, Optional input_tokens As Variant, Optional output_tokens As Variant, _
    Optional assumptions As Variant, Optional figures As Variant, _
    Optional variant_ As Variant) As Variant
    On Error GoTo failed
    LLM_COST_PER_MTOK = XLPy.CallUDF("xlmodel.hosts.excel", "LLM_COST_PER_MTOK", _
        Array(XlmodelArgument(deployment), XlmodelArgument(what), XlmodelArgument(dau), _
        XlmodelArgument(years), XlmodelArgument(input_tokens), XlmodelArgument(output_tokens), _
        XlmodelArgument(assumptions), XlmodelArgument(figures), XlmodelArgument(variant_)))
    Exit Function
failed:
    LLM_COST_PER_MTOK = XlmodelError(Err.Description)
End Function

Public Function BREAKEVEN_MONTHS(buy As Variant, Optional rent_per_month As Variant, _
    Optional own_opex_per_month As Variant, Optional assumptions As Variant, _
    Optional figures As Variant, Optional variant_ As Variant) As Variant
    On Error GoTo failed
    BREAKEVEN_MONTHS = XLPy.CallUDF("xlmodel.hosts.excel", "BREAKEVEN_MONTHS", _
        Array(XlmodelArgument(buy), XlmodelArgument(rent_per_month), _
        XlmodelArgument(own_opex_per_month), XlmodelArgument(assumptions), _
        XlmodelArgument(figures), XlmodelArgument(variant_)))
    Exit Function
failed:
    BREAKEVEN_MONTHS = XlmodelError(Err.Description)
End Function

Public Function BREAKEVEN_DAU(api_model As Variant, deployment As Variant, what As Variant, _
    Optional input_tokens As Variant, Optional output_tokens As Variant, _
    Optional assumptions As Variant, Optional figures As Variant, Optional variant_ As Variant, _
    Optional years As Variant) As Variant
    On Error GoTo failed
    BREAKEVEN_DAU = XLPy.CallUDF("xlmodel.hosts.excel", "BREAKEVEN_DAU", _
        Array(XlmodelArgument(api_model), XlmodelArgument(deployment), XlmodelArgument(what), _
        XlmodelArgument(input_tokens), XlmodelArgument(output_tokens), _
        XlmodelArgument(assumptions), XlmodelArgument(figures), XlmodelArgument(variant_), _
        XlmodelArgument(years)))
    Exit Function
failed:
    BREAKEVEN_DAU = XlmodelError(Err.Description)
End Function

Public Function LLM_PAYBACK(deployment_a As Variant, what_a As Variant, deployment_b As Variant, _
    what_b As Variant, Optional dau As Variant, Optional months As Variant, _
    Optional input_tokens As Variant, Optional output_tokens As Variant, _
    Optional assumptions As Variant, Optional figures As Variant, _
    Optional variant_ As Variant) As Variant
    On Error GoTo failed
    LLM_PAYBACK = XLPy.CallUDF("xlmodel.hosts.excel", "LLM_PAYBACK", _
        Array(XlmodelArgument(deployment_a), XlmodelArgument(what_a), _
        XlmodelArgument(deployment_b), XlmodelArgument(what_b), XlmodelArgument(dau), _
        XlmodelArgument(months), XlmodelArgument(input_tokens), XlmodelArgument(output_tokens), _
        XlmodelArgument(assumptions), XlmodelArgument(figures), XlmodelArgument(variant_)))
    Exit Function
failed:
    LLM_PAYBACK = XlmodelError(Err.Description)
End Function

Public Function BREAKEVEN_CURVE(deployment_a As Variant, what_a As Variant, _
    deployment_b As Variant, what_b As Variant, Optional dau As Variant, _
    Optional months As Variant, Optional assumptions As Variant, Optional figures As Variant, _
    Optional variant_ As Variant, Optional input_tokens As Variant, _
    Optional output_tokens As Variant) As Variant
    On Error GoTo failed
    BREAKEVEN_CURVE = XLPy.CallUDF("xlmodel.hosts.excel", "BREAKEVEN_CURVE", _
        Array(XlmodelArgument(deployment_a), XlmodelArgument(what_a), _
        XlmodelArgument(deployment_b), XlmodelArgument(what_b), XlmodelArgument(dau), _
        XlmodelArgument(months), XlmodelArgument(assumptions), XlmodelArgument(figures), _
        XlmodelArgument(variant_), XlmodelArgument(input_tokens), XlmodelArgument(output_tokens)))
    Exit Function
failed:
    BREAKEVEN_CURVE = XlmodelError(Err.Description)
End Function

Public Function LLM_KV_CACHE(model As Variant, context As Variant, Optional concurrency As Variant, _
    Optional kv_precision As Variant) As Variant
    On Error GoTo failed
    LLM_KV_CACHE = XLPy.CallUDF("xlmodel.hosts.excel", "LLM_KV_CACHE", _
        Array(XlmodelArgument(model), XlmodelArgument(context), XlmodelArgument(concurrency), _
        XlmodelArgument(kv_precision)))
    Exit Function
failed:
    LLM_KV_CACHE = XlmodelError(Err.Description)
End Function

Public Function LLM_VRAM(model As Variant, Optional precision As Variant, _
    Optional context As Variant, Optional concurrency As Variant, _
    Optional kv_precision As Variant) As Variant
    On Error GoTo failed
    LLM_VRAM = XLPy.CallUDF("xlmodel.hosts.excel", "LLM_VRAM", Array(XlmodelArgument(model), _
        XlmodelArgument(precision), XlmodelArgument(context), XlmodelArgument(concurrency), _
        XlmodelArgument(kv_precision)))
    Exit Function
failed:
    LLM_VRAM = XlmodelError(Err.Description)
End Function

Public Function LLM_FITS(model As Variant, precision As Variant, gpu_config As Variant, _
    Optional context As Variant, Optional concurrency As Variant, Optional kv_precision As Variant, _
    Optional engine As Variant) As Variant
    On Error GoTo failed
    LLM_FITS = XLPy.CallUDF("xlmodel.hosts.excel", "LLM_FITS", Array(XlmodelArgument(model), _
        XlmodelArgument(precision), XlmodelArgument(gpu_config), XlmodelArgument(context), _
        XlmodelArgument(concurrency), XlmodelArgument(kv_precision), XlmodelArgument(engine)))
    Exit Function
failed:
    LLM_FITS = XlmodelError(Err.Description)
End Function

Public Function LLM_GPUS(model As Variant, precision As Variant, gpu As Variant, _
    Optional context As Variant, Optional concurrency As Variant, _
    Optional kv_precision As Variant) As Variant
    On Error GoTo failed
    LLM_GPUS = XLPy.CallUDF("xlmodel.hosts.excel", "LLM_GPUS", Array(XlmodelArgument(model), _
        XlmodelArgument(precision), XlmodelArgument(gpu), XlmodelArgument(context), _
        XlmodelArgument(concurrency), XlmodelArgument(kv_precision)))
    Exit Function
failed:
    LLM_GPUS = XlmodelError(Err.Description)
End Function

Public Function LLM_THROUGHPUT(model As Variant, precision As Variant, gpu_config As Variant, _
    Optional input_len As Variant, Optional output_len As Variant, Optional concurrency As Variant, _
    Optional engine As Variant, Optional parallelism As Variant) As Variant
    On Error GoTo failed
    LLM_THROUGHPUT = XLPy.CallUDF("xlmodel.hosts.excel", "LLM_THROUGHPUT", _
        Array(XlmodelArgument(model), XlmodelArgument(precision), XlmodelArgument(gpu_config), _
        XlmodelArgument(input_len), XlmodelArgument(output_len), XlmodelArgument(concurrency), _
        XlmodelArgument(engine), XlmodelArgument(parallelism)))
    Exit Function
failed:
    LLM_THROUGHPUT = XlmodelError(Err.Description)
End Function

Public Function LLM_LATENCY(model As Variant, precision As Variant, gpu_config As Variant, _
    metric As Variant, Optional input_len As Variant, Optional output_len As Variant, _
    Optional concurrency As Variant, Optional engine As Variant, _
    Optional parallelism As Variant) As Variant
    On Error GoTo failed
    LLM_LATENCY = XLPy.CallUDF("xlmodel.hosts.excel", "LLM_LATENCY", Array(XlmodelArgument(model), _
        XlmodelArgument(precision), XlmodelArgument(gpu_config), XlmodelArgument(metric), _
        XlmodelArgument(input_len), XlmodelArgument(output_len), XlmodelArgument(concurrency), _
        XlmodelArgument(engine), XlmodelArgument(parallelism)))
    Exit Function
failed:
    LLM_LATENCY = XlmodelError(Err.Description)
End Function

Public Function LLM_PLAN(model As Variant, dau As Variant, Optional precision As Variant, _
    Optional gpu As Variant, Optional input_tokens As Variant, Optional output_tokens As Variant, _
    Optional assumptions As Variant, Optional figures As Variant, _
    Optional variant_ As Variant) As Variant
    On Error GoTo failed
    LLM_PLAN = XLPy.CallUDF("xlmodel.hosts.excel", "LLM_PLAN", Array(XlmodelArgument(model), _
        XlmodelArgument(dau), XlmodelArgument(precision), XlmodelArgument(gpu), _
        XlmodelArgument(input_tokens), XlmodelArgument(output_tokens), _
        XlmodelArgument(assumptions), XlmodelArgument(figures), XlmodelArgument(variant_)))
    Exit Function
failed:
    LLM_PLAN = XlmodelError(Err.Description)
End Function

Public Function LLM_CAPACITY(model As Variant, gpu_config As Variant, _
    Optional precision As Variant, Optional input_tokens As Variant, _
    Optional output_tokens As Variant, Optional assumptions As Variant, _
    Optional figures As Variant, Optional variant_ As Variant) As Variant
    On Error GoTo failed
    LLM_CAPACITY = XLPy.CallUDF("xlmodel.hosts.excel", "LLM_CAPACITY", _
        Array(XlmodelArgument(model), XlmodelArgument(gpu_config), XlmodelArgument(precision), _
        XlmodelArgument(input_tokens), XlmodelArgument(output_tokens), _
        XlmodelArgument(assumptions), XlmodelArgument(figures), XlmodelArgument(variant_)))
    Exit Function
failed:
    LLM_CAPACITY = XlmodelError(Err.Description)
End Function

Public Function LLM_MAX_CONTEXT(model As Variant, precision As Variant, gpu_config As Variant, _
    Optional concurrency As Variant, Optional kv_precision As Variant) As Variant
    On Error GoTo failed
    LLM_MAX_CONTEXT = XLPy.CallUDF("xlmodel.hosts.excel", "LLM_MAX_CONTEXT", _
        Array(XlmodelArgument(model), XlmodelArgument(precision), XlmodelArgument(gpu_config), _
        XlmodelArgument(concurrency), XlmodelArgument(kv_precision)))
    Exit Function
failed:
    LLM_MAX_CONTEXT = XlmodelError(Err.Description)
End Function

Public Function LLM_CONTEXT_LIMIT(model As Variant, precision As Variant, gpu_config As Variant, _
    Optional max_model_len As Variant, Optional utilisation As Variant, _
    Optional kv_precision As Variant, Optional batched_tokens As Variant, _
    Optional sequences As Variant, Optional agent_tokens As Variant, _
    Optional concurrency As Variant) As Variant
    On Error GoTo failed
    LLM_CONTEXT_LIMIT = XLPy.CallUDF("xlmodel.hosts.excel", "LLM_CONTEXT_LIMIT", _
        Array(XlmodelArgument(model), XlmodelArgument(precision), XlmodelArgument(gpu_config), _
        XlmodelArgument(max_model_len), XlmodelArgument(utilisation), _
        XlmodelArgument(kv_precision), XlmodelArgument(batched_tokens), XlmodelArgument(sequences), _
        XlmodelArgument(agent_tokens), XlmodelArgument(concurrency)))
    Exit Function
failed:
    LLM_CONTEXT_LIMIT = XlmodelError(Err.Description)
End Function

Public Function LLM_SENSITIVITY(deployment As Variant, what As Variant, Optional dau As Variant, _
    Optional years As Variant, Optional input_tokens As Variant, Optional output_tokens As Variant, _
    Optional assumptions As Variant, Optional figures As Variant, _
    Optional variant_ As Variant) As Variant
    On Error GoTo failed
    LLM_SENSITIVITY = XLPy.CallUDF("xlmodel.hosts.excel", "LLM_SENSITIVITY", _
        Array(XlmodelArgument(deployment), XlmodelArgument(what), XlmodelArgument(dau), _
        XlmodelArgument(years), XlmodelArgument(input_tokens), XlmodelArgument(output_tokens), _
        XlmodelArgument(assumptions), XlmodelArgument(figures), XlmodelArgument(variant_)))
    Exit Function
failed:
    LLM_SENSITIVITY = XlmodelError(Err.Description)
End Function

Public Function LLM_RISK(percentile As Variant, deployment As Variant, what As Variant, _
    Optional dau As Variant, Optional years As Variant, Optional input_tokens As Variant, _
    Optional output_tokens As Variant, Optional assumptions As Variant, _
    Optional figures As Variant, Optional variant_ As Variant, Optional draws As Variant, _
    Optional seed As Variant) As Variant
    On Error GoTo failed
    LLM_RISK = XLPy.CallUDF("xlmodel.hosts.excel", "LLM_RISK", Array(XlmodelArgument(percentile), _
        XlmodelArgument(deployment), XlmodelArgument(what), XlmodelArgument(dau), _
        XlmodelArgument(years), XlmodelArgument(input_tokens), XlmodelArgument(output_tokens), _
        XlmodelArgument(assumptions), XlmodelArgument(figures), XlmodelArgument(variant_), _
        XlmodelArgument(draws), XlmodelArgument(seed)))
    Exit Function
failed:
    LLM_RISK = XlmodelError(Err.Description)
End Function

Public Function LLM_RISK_COMPARE(deployment_a As Variant, what_a As Variant, _
    deployment_b As Variant, what_b As Variant, Optional dau As Variant, Optional years As Variant, _
    Optional input_tokens As Variant, Optional output_tokens As Variant, _
    Optional assumptions As Variant, Optional figures As Variant, Optional variant_ As Variant, _
    Optional draws As Variant, Optional seed As Variant) As Variant
    On Error GoTo failed
    LLM_RISK_COMPARE = XLPy.CallUDF("xlmodel.hosts.excel", "LLM_RISK_COMPARE", _
        Array(XlmodelArgument(deployment_a), XlmodelArgument(what_a), _
        XlmodelArgument(deployment_b), XlmodelArgument(what_b), XlmodelArgument(dau), _
        XlmodelArgument(years), XlmodelArgument(input_tokens), XlmodelArgument(output_tokens), _
        XlmodelArgument(assumptions), XlmodelArgument(figures), XlmodelArgument(variant_), _
        XlmodelArgument(draws), XlmodelArgument(seed)))
    Exit Function
failed:
    LLM_RISK_COMPARE = XlmodelError(Err.Description)
End Function

Public Function LLM_HYBRID(phases As Variant, Optional assumptions As Variant, _
    Optional figures As Variant, Optional variant_ As Variant, Optional dau As Variant, _
    Optional input_tokens As Variant, Optional output_tokens As Variant) As Variant
    On Error GoTo failed
    LLM_HYBRID = XLPy.CallUDF("xlmodel.hosts.excel", "LLM_HYBRID", Array(XlmodelArgument(phases), _
        XlmodelArgument(assumptions), XlmodelArgument(figures), XlmodelArgument(variant_), _
        XlmodelArgument(dau), XlmodelArgument(input_tokens), XlmodelArgument(output_tokens)))
    Exit Function
failed:
    LLM_HYBRID = XlmodelError(Err.Description)
End Function

Public Function LLM_SWITCH(api_model As Variant, deployment As Variant, what As Variant, _
    dau As Variant, Optional years As Variant, Optional input_tokens As Variant, _
    Optional output_tokens As Variant, Optional assumptions As Variant, _
    Optional figures As Variant, Optional variant_ As Variant, Optional share As Variant) As Variant
    On Error GoTo failed
    LLM_SWITCH = XLPy.CallUDF("xlmodel.hosts.excel", "LLM_SWITCH", _
        Array(XlmodelArgument(api_model), XlmodelArgument(deployment), XlmodelArgument(what), _
        XlmodelArgument(dau), XlmodelArgument(years), XlmodelArgument(input_tokens), _
        XlmodelArgument(output_tokens), XlmodelArgument(assumptions), XlmodelArgument(figures), _
        XlmodelArgument(variant_), XlmodelArgument(share)))
    Exit Function
failed:
    LLM_SWITCH = XlmodelError(Err.Description)
End Function

Public Function LLM_BASE_LOAD(api_model As Variant, deployment As Variant, what As Variant, _
    dau As Variant, Optional years As Variant, Optional input_tokens As Variant, _
    Optional output_tokens As Variant, Optional assumptions As Variant, _
    Optional figures As Variant, Optional variant_ As Variant) As Variant
    On Error GoTo failed
    LLM_BASE_LOAD = XLPy.CallUDF("xlmodel.hosts.excel", "LLM_BASE_LOAD", _
        Array(XlmodelArgument(api_model), XlmodelArgument(deployment), XlmodelArgument(what), _
        XlmodelArgument(dau), XlmodelArgument(years), XlmodelArgument(input_tokens), _
        XlmodelArgument(output_tokens), XlmodelArgument(assumptions), XlmodelArgument(figures), _
        XlmodelArgument(variant_)))
    Exit Function
failed:
    LLM_BASE_LOAD = XlmodelError(Err.Description)
End Function

Public Function LLM_RESILIENCE(deployment As Variant, what As Variant, dau As Variant, _
    Optional years As Variant, Optional input_tokens As Variant, Optional output_tokens As Variant, _
    Optional assumptions As Variant, Optional figures As Variant, Optional variant_ As Variant, _
    Optional api_model As Variant, Optional fallback_share As Variant) As Variant
    On Error GoTo failed
    LLM_RESILIENCE = XLPy.CallUDF("xlmodel.hosts.excel", "LLM_RESILIENCE", _
        Array(XlmodelArgument(deployment), XlmodelArgument(what), XlmodelArgument(dau), _
        XlmodelArgument(years), XlmodelArgument(input_tokens), XlmodelArgument(output_tokens), _
        XlmodelArgument(assumptions), XlmodelArgument(figures), XlmodelArgument(variant_), _
        XlmodelArgument(api_model), XlmodelArgument(fallback_share)))
    Exit Function
failed:
    LLM_RESILIENCE = XlmodelError(Err.Description)
End Function

Public Function LLM_UTILISATION(model As Variant, gpu_config As Variant, _
    Optional precision As Variant, Optional input_tokens As Variant, _
    Optional output_tokens As Variant, Optional assumptions As Variant, _
    Optional figures As Variant, Optional variant_ As Variant, Optional api_model As Variant, _
    Optional years As Variant) As Variant
    On Error GoTo failed
    LLM_UTILISATION = XLPy.CallUDF("xlmodel.hosts.excel", "LLM_UTILISATION", _
        Array(XlmodelArgument(model), XlmodelArgument(gpu_config), XlmodelArgument(precision), _
        XlmodelArgument(input_tokens), XlmodelArgument(output_tokens), _
        XlmodelArgument(assumptions), XlmodelArgument(figures), XlmodelArgument(variant_), _
        XlmodelArgument(api_model), XlmodelArgument(years)))
    Exit Function
failed:
    LLM_UTILISATION = XlmodelError(Err.Description)
End Function

Public Function LLM_RECOMMEND(Optional dau As Variant, Optional data_level As Variant, _
    Optional task As Variant, Optional latency As Variant, Optional team As Variant, _
    Optional ops_budget As Variant, Optional volatility As Variant, Optional budget As Variant, _
    Optional calls_month As Variant, Optional decisions As Variant, Optional priority As Variant, _
    Optional lang As Variant, Optional assumptions As Variant, Optional figures As Variant, _
    Optional variant_ As Variant) As Variant
    On Error GoTo failed
    LLM_RECOMMEND = XLPy.CallUDF("xlmodel.hosts.excel", "LLM_RECOMMEND", _
        Array(XlmodelArgument(dau), XlmodelArgument(data_level), XlmodelArgument(task), _
        XlmodelArgument(latency), XlmodelArgument(team), XlmodelArgument(ops_budget), _
        XlmodelArgument(volatility), XlmodelArgument(budget), XlmodelArgument(calls_month), _
        XlmodelArgument(decisions), XlmodelArgument(priority), XlmodelArgument(lang), _
        XlmodelArgument(assumptions), XlmodelArgument(figures), XlmodelArgument(variant_)))
    Exit Function
failed:
    LLM_RECOMMEND = XlmodelError(Err.Description)
End Function

Public Function LLM_ADVICE(Optional dau As Variant, Optional data_level As Variant, _
    Optional task As Variant, Optional latency As Variant, Optional team As Variant, _
    Optional ops_budget As Variant, Optional volatility As Variant, Optional budget As Variant, _
    Optional calls_month As Variant, Optional decisions As Variant, Optional priority As Variant, _
    Optional lang As Variant, Optional assumptions As Variant, Optional figures As Variant, _
    Optional variant_ As Variant) As Variant
    On Error GoTo failed
    LLM_ADVICE = XLPy.CallUDF("xlmodel.hosts.excel", "LLM_ADVICE", Array(XlmodelArgument(dau), _
        XlmodelArgument(data_level), XlmodelArgument(task), XlmodelArgument(latency), _
        XlmodelArgument(team), XlmodelArgument(ops_budget), XlmodelArgument(volatility), _
        XlmodelArgument(budget), XlmodelArgument(calls_month), XlmodelArgument(decisions), _
        XlmodelArgument(priority), XlmodelArgument(lang), XlmodelArgument(assumptions), _
        XlmodelArgument(figures), XlmodelArgument(variant_)))
    Exit Function
failed:
    LLM_ADVICE = XlmodelError(Err.Description)
End Function

Public Function LLM_MODEL_FOR_TASK(task As Variant, Optional accuracy As Variant) As Variant
    On Error GoTo failed
    LLM_MODEL_FOR_TASK = XLPy.CallUDF("xlmodel.hosts.excel", "LLM_MODEL_FOR_TASK", _
        Array(XlmodelArgument(task), XlmodelArgument(accuracy)))
    Exit Function
failed:
    LLM_MODEL_FOR_TASK = XlmodelError(Err.Description)
End Function

Public Function LLM_PRECISION(task As Variant, Optional most_loss As Variant) As Variant
    On Error GoTo failed
    LLM_PRECISION = XLPy.CallUDF("xlmodel.hosts.excel", "LLM_PRECISION", _
        Array(XlmodelArgument(task), XlmodelArgument(most_loss)))
    Exit Function
failed:
    LLM_PRECISION = XlmodelError(Err.Description)
End Function

Public Function LLM_CHECKLIST(Optional answers As Variant) As Variant
    On Error GoTo failed
    LLM_CHECKLIST = XLPy.CallUDF("xlmodel.hosts.excel", "LLM_CHECKLIST", _
        Array(XlmodelArgument(answers)))
    Exit Function
failed:
    LLM_CHECKLIST = XlmodelError(Err.Description)
End Function
