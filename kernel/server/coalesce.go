package server

import (
	"encoding/json"
	"maps"
	"slices"
)

// fields are the members of a JSON object.
type fields = map[string]json.RawMessage

// update is a comm message of a page that changes the state of a widget, taken
// apart. A slider that is dragged sends many, and while a cell runs only the last
// value of each trait matters.
type update struct {
	comm                 string
	content, data, state fields // each holds the next
}

// updateOf is the update that a request is, or nil.
func updateOf(r *request) *update {
	if r.Header.Type != "comm_msg" || len(r.Buffers) > 0 {
		return nil
	}
	var u update
	var method string
	if json.Unmarshal(r.Content, &u.content) != nil ||
		json.Unmarshal(u.content["comm_id"], &u.comm) != nil ||
		json.Unmarshal(u.content["data"], &u.data) != nil ||
		json.Unmarshal(u.data["method"], &method) != nil || method != "update" ||
		json.Unmarshal(u.data["state"], &u.state) != nil || u.state == nil {
		return nil
	}
	return &u
}

// coalesce puts r at the end of what waits. An update of the same widget by the
// same page that waits there becomes part of it, unless something else than
// updates, such as a cell that may read the widget, came between them.
func coalesce(waiting []*request, r *request) []*request {
	r.update = updateOf(r)
	for i := len(waiting) - 1; r.update != nil && i >= 0 && waiting[i].update != nil; i-- {
		old := waiting[i]
		if old.update.comm == r.update.comm && old.Header.Session == r.Header.Session {
			r.take(old)
			waiting = slices.Delete(waiting, i, i+1)
			break // those before were taken by old
		}
	}
	return append(waiting, r)
}

// take makes the update old part of r, which has the last word.
func (r *request) take(old *request) {
	state := maps.Clone(old.update.state)
	maps.Copy(state, r.update.state)
	u := r.update
	u.state = state
	// What was read as JSON is written again without error.
	u.data["state"], _ = json.Marshal(u.state)
	u.content["data"], _ = json.Marshal(u.data)
	m := *r.Message
	m.Content, _ = json.Marshal(u.content)
	r.Message = &m
	r.taken = append(append(r.taken, old.taken...), old)
	old.taken = nil
}
