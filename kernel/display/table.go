package display

import (
	"fmt"
	"html"
	"reflect"
	"strings"
)

// maxRows is how many rows a table shows, and maxCell how many bytes of a value.
const (
	maxRows = 50
	maxCell = 200
)

// ofRows is a slice of structs, or a map, as a table in HTML; its text is as it is
// without. It is "" for any other value, and where there are no two rows.
func ofRows(v reflect.Value) (table string) {
	switch v.Kind() {
	case reflect.Slice, reflect.Array:
		if v.Len() < 2 || !isRecord(v.Type().Elem()) {
			return ""
		}
		rows := make([][]reflect.Value, 0, maxRows)
		for i := range min(v.Len(), maxRows) {
			rows = append(rows, []reflect.Value{reflect.ValueOf(i), v.Index(i)})
		}
		return tableOf("", v.Type().Elem(), rows, v.Len())
	case reflect.Map:
		if v.Len() < 2 {
			return ""
		}
		rows := make([][]reflect.Value, 0, maxRows)
		for _, e := range firstEntries(v, maxRows) {
			rows = append(rows, []reflect.Value{e.key, e.value})
		}
		return tableOf("key", v.Type().Elem(), rows, v.Len())
	}
	return ""
}

// isRecord tells whether t is a struct, or a pointer to one, that is shown by its
// fields.
func isRecord(t reflect.Type) bool {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || t.NumField() == 0 || t.NumField() > maxMatrix {
		return false
	}
	for _, own := range []reflect.Type{reflect.TypeFor[fmt.Stringer](), reflect.TypeFor[error](), reflect.TypeFor[fmt.Formatter](), reflect.TypeFor[Displayer]()} {
		if t.Implements(own) || reflect.PointerTo(t).Implements(own) {
			return false
		}
	}
	return true
}

// tableOf writes rows of a key and a value; a record has a column for each field.
func tableOf(key string, t reflect.Type, rows [][]reflect.Value, all int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "<table><thead><tr><th>%s</th>", key)
	record := isRecord(t)
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if record {
		for i := range t.NumField() {
			fmt.Fprintf(&b, "<th>%s</th>", html.EscapeString(t.Field(i).Name))
		}
	} else {
		b.WriteString("<th>value</th>")
	}
	b.WriteString("</tr></thead><tbody>\n")
	for _, row := range rows {
		fmt.Fprintf(&b, "<tr><th>%s</th>", brief(row[0]))
		x := row[1]
		if record && x.Kind() == reflect.Pointer {
			x = x.Elem() // the zero Value of nil
		}
		switch {
		case !record:
			fmt.Fprintf(&b, "<td>%s</td>", brief(x))
		case !x.IsValid():
			fmt.Fprintf(&b, `<td colspan="%d">nil</td>`, t.NumField())
		default:
			for i := range t.NumField() {
				fmt.Fprintf(&b, "<td>%s</td>", brief(x.Field(i)))
			}
		}
		b.WriteString("</tr>\n")
	}
	b.WriteString("</tbody></table>")
	if all > len(rows) {
		fmt.Fprintf(&b, "\n<div>%d of %d rows</div>", len(rows), all)
	}
	return b.String()
}

// brief is the text of a value in a cell of a table.
func brief(v reflect.Value) string {
	p := printer{limit: maxCell}
	p.value(v, 1)
	s := string(p.buf)
	if len(s) > maxCell {
		s = s[:maxCell] + "…"
	}
	return html.EscapeString(strings.ToValidUTF8(s, "\uFFFD"))
}
