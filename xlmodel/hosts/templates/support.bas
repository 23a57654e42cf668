Attribute VB_Name = "{module}"
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
        '{error cases}
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
        If sheet.Range("D1").Value = "{help mark}" Then Set found = sheet
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
