Private Sub Workbook_Open()
    ' Not at once: while Excel starts, there may be no window yet that it could describe functions in.
    Application.OnTime Now, "'" & ThisWorkbook.Name & "'!XlmodelOnOpen"
End Sub
