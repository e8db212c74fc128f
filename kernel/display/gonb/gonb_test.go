package gonb

import (
	"encoding/json"
	"fmt"
	"image"
	"os"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/janpfeifer/gonb/gonbui"
	"github.com/janpfeifer/gonb/gonbui/comms"
	"github.com/janpfeifer/gonb/gonbui/dom"
	"github.com/janpfeifer/gonb/gonbui/widgets"

	"glassy/kernel/display"
)

// screen keeps what gonbui shows and sends.
type screen struct {
	mu      sync.Mutex
	change  *sync.Cond
	shown   []string // "+id form: data" the first time, "=id …" after that
	prompts []string
	sent    []display.CommMessage
	run     int
}

var (
	theScreen = &screen{}
	theServer *Server
)

func (s *screen) show(b display.Bundle, id string, update bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	kind := "+"
	if update {
		kind = "="
	}
	for form, data := range b.Data {
		if form != "text/plain" {
			s.shown = append(s.shown, fmt.Sprintf("%s%s %s: %v", kind, id, form, data))
		}
	}
	s.change.Broadcast()
}

// TestMain serves the gonbui of this process, which has one connection for good.
func TestMain(m *testing.M) {
	s := theScreen
	s.change = sync.NewCond(&s.mu)
	display.SetCommSender(func(m display.CommMessage) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.sent = append(s.sent, m)
		s.change.Broadcast()
	})
	var err error
	theServer, err = Serve(Place{
		Show: s.show,
		Prompt: func(text string, password bool) {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.prompts = append(s.prompts, fmt.Sprint(text, " ", password))
		},
		Run: func() int {
			s.mu.Lock()
			defer s.mu.Unlock()
			return s.run
		},
		Fail: func(err error) { fmt.Fprintln(os.Stderr, err); os.Exit(3) },
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	gonbui.IsNotebook = true // which it found out before there were pipes
	os.Exit(m.Run())
}

// cell begins a cell: what was shown before is forgotten.
func cell() *screen {
	s := theScreen
	theServer.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.run++
	s.shown, s.prompts, s.sent = nil, nil, nil
	return s
}

// until waits until ok, which is called with the lock.
func (s *screen) until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	late := time.AfterFunc(20*time.Second, func() { panic("waited in vain: " + what) })
	defer late.Stop()
	s.mu.Lock()
	defer s.mu.Unlock()
	for !ok() {
		s.change.Wait()
	}
}

func TestDisplays(t *testing.T) {
	s := cell()
	gonbui.DisplayHTML("<b>é</b>")
	gonbui.DisplayMarkdown("*m* $x$")
	gonbui.UpdateHTML("count", "0")
	gonbui.UpdateHTML("count", "1")
	gonbui.DisplayHTML("")
	if err := gonbui.DisplayImage(image.NewGray(image.Rect(0, 0, 1, 1))); err != nil {
		t.Fatal(err)
	}
	gonbui.RequestInput("name?", true)
	gonbui.DisplayHTML(strings.Repeat("x", 1<<20)) // more than a pipe holds
	gonbui.Sync()
	theServer.Wait()
	if err := gonbui.Error(); err != nil {
		t.Fatal(err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, want := range []string{"+ text/html: <b>é</b>", "+ text/markdown: *m* $x$", "+count text/html: 0", "=count text/html: 1", "+ text/html: ", "+ image/png: iVBORw0KGgo", "+ text/html: xxx"} {
		if i >= len(s.shown) || !strings.HasPrefix(s.shown[i], want) {
			t.Errorf("display %d is %.80q, expected %q", i, append(s.shown, "nothing")[min(i, len(s.shown))], want)
		}
	}
	if !slices.Equal(s.prompts, []string{"name? true"}) {
		t.Errorf("asks %q", s.prompts)
	}
}

// What gonbui was given is shown when Wait returns, whoever gave it.
func TestWait(t *testing.T) {
	s := cell()
	for i := range 200 {
		gonbui.DisplayHTML(fmt.Sprint(i))
		theServer.Wait()
		s.mu.Lock()
		if n := len(s.shown); n != i+1 {
			t.Fatalf("%d displays are shown after %d", n, i+1)
		}
		s.mu.Unlock()
	}
}

// Scripts that gonbui runs in the page are shown in the cell that runs, once each.
func TestScripts(t *testing.T) {
	for range 2 {
		s := cell()
		dom.TransientJavascript("f()")
		theServer.Wait()
		s.mu.Lock()
		if len(s.shown) != 2 || s.shown[0][0] != '+' || !strings.Contains(s.shown[0], "<script>f()</script>") || s.shown[1][0] != '=' {
			t.Errorf("shows %q, expected a script, then nothing in its place", s.shown)
		}
		s.mu.Unlock()
	}
}

// A page that has opened its comm.
type tab struct{ id string }

func open(t *testing.T, s *screen) tab {
	t.Helper()
	p := tab{fmt.Sprint("page", s.run)}
	display.ReceiveComm(display.CommMessage{Type: "comm_open", ID: p.id, Target: target, Data: json.RawMessage("{}")})
	p.hears(t, s, `{"address":"#comm_open_ack","value":true}`)
	t.Cleanup(func() { display.ReceiveComm(display.CommMessage{Type: "comm_close", ID: p.id}) })
	return p
}

func (p tab) sends(data string) {
	display.ReceiveComm(display.CommMessage{Type: "comm_msg", ID: p.id, Data: json.RawMessage(data)})
}

func (p tab) hears(t *testing.T, s *screen, data string) {
	t.Helper()
	s.until(t, data, func() bool {
		return slices.ContainsFunc(s.sent, func(m display.CommMessage) bool {
			return m.Type == "comm_msg" && m.ID == p.id && string(m.Data) == data
		})
	})
}

func TestValues(t *testing.T) {
	s := cell()
	numbers := comms.Listen[float64]("/x").WithBuffer(10)
	texts := comms.Listen[string]("/s").WithBuffer(10)
	comms.Send("/early", 0) // before there is a page
	theServer.Wait()
	s.until(t, "the script", func() bool { return len(s.shown) > 0 })
	if script := s.shown[0]; !strings.HasPrefix(script, "+") || !strings.Contains(script, "globalThis.gonb_comm") || strings.Contains(script, "KERNEL_ID") {
		t.Errorf("brings %.100q to the page, expected its side of the comm", script)
	}
	p := open(t, s)
	p.hears(t, s, `{"address":"/early","value":0}`)
	s.until(t, "the script's end", func() bool { return s.shown[len(s.shown)-1][0] == '=' })
	comms.Send("/y", "")
	p.hears(t, s, `{"address":"/y","value":""}`)
	p.sends(`{"address":"#heartbeat/ping","value":true}`)
	p.hears(t, s, `{"address":"#heartbeat/pong","value":true}`)

	p.sends(`{"address":"/nobody","value":1}`)
	for _, v := range []string{"0", "false", "2.5", `"7"`, "null"} {
		p.sends(`{"address":"/x","value":` + v + `}`)
		if v == "null" {
			continue
		}
		want := map[string]float64{"0": 0, "false": 0, "2.5": 2.5, `"7"`: 7}[v]
		if got := <-numbers.C; got != want {
			t.Errorf("%s arrives as %v", v, got)
		}
	}
	p.sends(`{"address":"/s","value":""}`)
	if got := <-texts.C; got != "" {
		t.Errorf("an empty text arrives as %q", got)
	}

	go func() {
		p.hears(t, s, `{"address":"/asked","value":null,"read_request":true}`)
		p.sends(`{"address":"/asked","value":[1,2]}`)
	}()
	if got := comms.ReadValue[[]float64]("/asked"); !reflect.DeepEqual(got, []float64{1, 2}) {
		t.Errorf("the page's value is read as %v", got)
	}
}

func TestSlider(t *testing.T) {
	s := cell()
	p := open(t, s)
	done := make(chan *widgets.SliderBuilder)
	go func() { done <- widgets.Slider(0, 10, 5).WithAddress("/slider").Done() }()
	// As its script does when it begins.
	s.until(t, "the slider's script", func() bool {
		return slices.ContainsFunc(s.shown, func(x string) bool { return strings.Contains(x, `newSyncedVariable("/slider"`) })
	})
	p.sends(`{"address":"/slider","value":"5"}`)
	slider := <-done
	heard := slider.Listen().WithBuffer(1)
	p.sends(`{"address":"/slider","value":0}`)
	if got := <-heard.C; got != 0 {
		t.Errorf("moved to 0 it says %d", got)
	}
}

func TestValueOf(t *testing.T) {
	for _, c := range []struct {
		json string
		want any
	}{
		{"null", nil}, {"true", 1}, {"false", 0}, {"0", 0.0}, {`""`, ""}, {"[]", []float64{}}, {"[1,2]", []float64{1, 2}},
		{`["a"]`, []string{"a"}}, {`{"a":1}`, map[string]float64{"a": 1}}, {`{"a":"b"}`, map[string]string{"a": "b"}},
		{`[1,"a"]`, `[1,"a"]`}, {`{"a":[true]}`, `{"a":[true]}`},
	} {
		var v any
		if err := json.Unmarshal([]byte(c.json), &v); err != nil {
			t.Fatal(err)
		}
		if got := valueOf(v); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s is %#v, expected %#v", c.json, got, c.want)
		}
	}
}

// The values of a page arrive in gonbui's types.
func FuzzReceived(f *testing.F) {
	f.Add(`{"address":"/x","value":[1,"a",{"b":null}]}`)
	f.Add(`{"address":3}`)
	f.Fuzz(func(t *testing.T, data string) {
		var m message
		if json.Unmarshal([]byte(data), &m) != nil {
			return
		}
		switch v := valueOf(m.Value).(type) {
		case nil, int, float64, string, []float64, []string, map[string]float64, map[string]string:
		default:
			t.Errorf("%s is a %T", data, v)
		}
	})
}
