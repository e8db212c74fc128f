package display

import (
	"encoding/json"
	"testing"
)

func TestCommBothWays(t *testing.T) {
	var sent []CommMessage
	SetCommSender(func(m CommMessage) { sent = append(sent, m) })
	defer commSend.Store(nil)
	c, err := OpenComm("page", map[string]int{"a": 1})
	if err != nil {
		t.Fatal(err)
	}
	var got string
	c.OnMessage(func(data json.RawMessage, _ [][]byte) { got = string(data) })
	ReceiveComm(CommMessage{Type: "comm_msg", ID: c.ID, Data: json.RawMessage(`7`)})
	if got != "7" {
		t.Errorf("the comm got %q, want 7", got)
	}
	closed := false
	c.OnClose(func() { closed = true })
	ReceiveComm(CommMessage{Type: "comm_close", ID: c.ID})
	if !closed {
		t.Error("the comm did not hear that it was closed")
	}
	if len(sent) != 1 || sent[0].Type != "comm_open" || string(sent[0].Data) != `{"a":1}` {
		t.Errorf("sent %+v, want one comm_open", sent)
	}
}

func TestCommFromThePage(t *testing.T) {
	var sent []CommMessage
	SetCommSender(func(m CommMessage) { sent = append(sent, m) })
	defer commSend.Store(nil)
	HandleComms("echo", func(c *Comm, data json.RawMessage) {
		if err := c.Send(data); err != nil {
			t.Error(err)
		}
	})
	defer HandleComms("echo", nil)
	ReceiveComm(CommMessage{Type: "comm_open", ID: "1", Target: "echo", Data: json.RawMessage(`"x"`)})
	ReceiveComm(CommMessage{Type: "comm_open", ID: "2", Target: "nobody", Data: json.RawMessage(`{}`)})
	if len(sent) != 2 || sent[0].Type != "comm_msg" || string(sent[0].Data) != `"x"` || sent[1].Type != "comm_close" || sent[1].ID != "2" {
		t.Errorf("sent %+v, want the echo and a refusal", sent)
	}
}

func TestCommWithoutFrontEnd(t *testing.T) {
	if _, err := OpenComm("page", nil); err == nil {
		t.Error("a comm was opened to nobody")
	}
}
