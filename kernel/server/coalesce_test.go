package server

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"glassy/kernel/wire"
)

func commMsg(session, content string, buffers ...[]byte) *request {
	return &request{Message: &wire.Message{Header: wire.Header{Type: "comm_msg", Session: session}, Content: json.RawMessage(content), Buffers: buffers}}
}

func moved(comm, state string) *request {
	return commMsg("page", fmt.Sprintf(`{"comm_id":%q,"data":{"method":"update","state":%s,"buffer_paths":[]}}`, comm, state))
}

func TestCoalesce(t *testing.T) {
	other := commMsg("another page", string(moved("a", `{"value":7}`).Content))
	custom := commMsg("page", `{"comm_id":"a","data":{"method":"custom","state":{}}}`)
	bytes := commMsg("page", string(moved("a", `{}`).Content), []byte("x"))
	for name, c := range map[string]struct {
		in   []*request
		want []string // "comm state taken", or the type of the message
	}{
		"a drag":           {[]*request{moved("a", `{"value":1}`), moved("a", `{"value":2}`), moved("a", `{"value":0}`)}, []string{`a {"value":0} 2`}},
		"falsy":            {[]*request{moved("a", `{"value":true}`), moved("a", `{"value":false}`)}, []string{`a {"value":false} 1`}},
		"every trait":      {[]*request{moved("a", `{"x":1,"y":1}`), moved("a", `{"y":2}`)}, []string{`a {"x":1,"y":2} 1`}},
		"two sliders":      {[]*request{moved("a", `{"v":1}`), moved("b", `{"v":2}`), moved("a", `{"v":3}`), moved("b", `{"v":4}`)}, []string{`a {"v":3} 1`, `b {"v":4} 1`}},
		"a cell between":   {[]*request{moved("a", `{"v":1}`), asked("execute_request"), moved("a", `{"v":2}`)}, []string{`a {"v":1} 0`, "execute_request", `a {"v":2} 0`}},
		"a click between":  {[]*request{moved("a", `{"v":1}`), custom, moved("a", `{"v":2}`)}, []string{`a {"v":1} 0`, "comm_msg", `a {"v":2} 0`}},
		"bytes":            {[]*request{moved("a", `{"v":1}`), bytes, moved("a", `{"v":2}`)}, []string{`a {"v":1} 0`, "comm_msg", `a {"v":2} 0`}},
		"another page":     {[]*request{moved("a", `{"v":1}`), other}, []string{`a {"v":1} 0`, `a {"value":7} 0`}},
		"not understood":   {[]*request{commMsg("page", `{"comm_id":3,"data":{"method":"update","state":{}}}`), commMsg("page", `[`), moved("a", `null`), moved("a", `3`)}, []string{"comm_msg", "comm_msg", "comm_msg", "comm_msg"}},
		"the other fields": {[]*request{moved("a", `{"v":1}`), commMsg("page", `{"comm_id":"a","more":[1],"data":{"method":"update","state":{"v":2},"buffer_paths":[]}}`)}, []string{`a {"v":2} 1`}},
	} {
		var waiting []*request
		for _, r := range c.in {
			waiting = coalesce(waiting, r)
		}
		var got []string
		for _, r := range waiting {
			if u := updateOf(r); u == nil {
				got = append(got, r.Header.Type)
			} else {
				got = append(got, fmt.Sprintf("%s %s %d", u.comm, u.data["state"], len(r.taken)))
			}
		}
		if !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %q, expected %q", name, got, c.want)
		}
		if name == "the other fields" && !strings.Contains(string(waiting[0].Content), `"more":[1]`) {
			t.Errorf("%s: %s", name, waiting[0].Content)
		}
	}
}

func FuzzCoalesce(f *testing.F) {
	f.Add(`{"comm_id":"a","data":{"method":"update","state":{"value":1}}}`, `{"comm_id":"a","data":{"method":"update","state":{"value":2}}}`)
	f.Add(`{"comm_id":"a","data":{"method":"update","state":null}}`, `{"data":[]}`)
	f.Fuzz(func(t *testing.T, a, b string) {
		waiting := coalesce(coalesce(nil, commMsg("page", a)), commMsg("page", b))
		last := waiting[len(waiting)-1]
		switch {
		case len(waiting) == 2 && (string(waiting[0].Content) != a || string(last.Content) != b):
			t.Errorf("what was not put together was changed: %s, %s", waiting[0].Content, last.Content)
		case len(waiting) == 1 && !json.Valid(last.Content):
			t.Errorf("%s and %s became %s", a, b, last.Content)
		}
	})
}
