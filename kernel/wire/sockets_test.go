package wire_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"glassy/kernel/wire"
	"glassy/kernel/wire/wiretest"
)

var channels = []wire.Channel{wire.Shell, wire.Control, wire.Stdin, wire.IOPub, wire.Heartbeat}

// logs is a writer that may be read while it is written.
type logs struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logs) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logs) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// echo serves a kernel that answers every request with its own content, on the
// socket that it came on, and broadcasts it.
func echo(t *testing.T, c wire.Connection) (*wire.Sockets, *logs) {
	t.Helper()
	log := &logs{}
	s, err := wire.Listen(c, slog.New(slog.NewTextHandler(log, nil)), nil)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	t.Cleanup(func() {
		close(done)
		if err := s.Close(); err != nil {
			t.Errorf("closing: %v", err)
		}
	})
	for _, ch := range channels[:3] {
		go func() {
			for {
				select {
				case m := <-s.Requests(ch):
					s.Publish(m, wire.Outgoing{Type: "echo", Content: m.Content, Buffers: m.Buffers})
					s.Reply(ch, m, wire.Outgoing{Type: "echo_reply", Content: m.Content, Buffers: m.Buffers})
				case <-done:
					return
				}
			}
		}()
	}
	return s, log
}

func dial(t *testing.T, ctx context.Context, c wire.Connection) *wiretest.Client {
	t.Helper()
	cl, err := wiretest.Dial(ctx, c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cl.Close)
	return cl
}

func timeout(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// ping sends one request on a channel and wants its echo.
func ping(t *testing.T, ctx context.Context, c *wiretest.Client, ch wire.Channel, text string) {
	t.Helper()
	id, err := c.SendMessage(ch, wire.Message{Buffers: [][]byte{[]byte(text)}}, "echo_request", map[string]string{"text": text})
	if err != nil {
		t.Fatal(err)
	}
	for _, on := range []struct {
		channel wire.Channel
		typ     string
	}{{ch, "echo_reply"}, {wire.IOPub, "echo"}} {
		m, err := c.Await(ctx, on.channel, on.typ, id)
		if err != nil {
			t.Fatal(err)
		}
		if got := wiretest.Content(m)["text"]; got != text || len(m.Buffers) != 1 || string(m.Buffers[0]) != text {
			t.Errorf("%s brought %v and buffers %q, want %q", on.typ, got, m.Buffers, text)
		}
		if m.Header.Version != wire.ProtocolVersion || m.Header.Session == "" || m.Header.Date == "" {
			t.Errorf("%s has header %+v", on.typ, m.Header)
		}
	}
}

// Each channel answers on itself, over both transports, signed and unsigned.
func TestChannels(t *testing.T) {
	ipc := wire.Connection{Transport: "ipc", IP: filepath.Join(t.TempDir(), "k"), Key: "k",
		ShellPort: 1, ControlPort: 2, StdinPort: 3, IOPubPort: 4, HBPort: 5}
	unsigned := wiretest.Local()
	unsigned.Key = ""
	for name, c := range map[string]wire.Connection{"tcp": wiretest.Local(), "ipc": ipc, "unsigned": unsigned} {
		t.Run(name, func(t *testing.T) {
			ctx := timeout(t)
			s, _ := echo(t, c)
			cl := dial(t, ctx, s.Connection())
			for i, ch := range channels[:3] {
				ping(t, ctx, cl, ch, fmt.Sprint("hello ", i))
			}
			if _, err := cl.Beat(ctx); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestListenSaysWhatIsWrong(t *testing.T) {
	s, _ := echo(t, wiretest.Local())
	if _, err := wire.Listen(s.Connection(), slog.New(slog.DiscardHandler), nil); err == nil || !strings.Contains(err.Error(), "shell") {
		t.Errorf("a taken port: error %v, want one that names the socket", err)
	}
	if _, err := wire.Listen(wire.Connection{Transport: "pgm"}, slog.New(slog.DiscardHandler), nil); err == nil {
		t.Error("transport pgm accepted")
	}
}

// A kernel that was killed leaves its socket files; the next one takes over.
func TestStaleSocketFile(t *testing.T) {
	c := wire.Connection{Transport: "ipc", IP: filepath.Join(t.TempDir(), "k"),
		ShellPort: 1, ControlPort: 2, StdinPort: 3, IOPubPort: 4, HBPort: 5}
	_, path := c.Address(wire.Shell)
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	l.(*net.UnixListener).SetUnlinkOnClose(false)
	l.Close()
	if _, err := os.Stat(path); err != nil {
		t.Fatal("the stale file is not there: ", err)
	}
	ctx := timeout(t)
	s, _ := echo(t, c)
	ping(t, ctx, dial(t, ctx, s.Connection()), wire.Shell, "hello")
}

// Everything that can be broken is sent to each live socket over TCP; some of
// the connections then stay open and silent. A front end that was there before
// and one that comes later are both served.
func TestGarbageOnEverySocket(t *testing.T) {
	ctx := timeout(t)
	s, _ := echo(t, wiretest.Local())
	before := dial(t, ctx, s.Connection())
	for i, ch := range channels {
		silent, err := wiretest.Garbage(s.Connection(), ch, uint64(i))
		for _, c := range silent {
			defer c.Close()
		}
		if err != nil {
			t.Fatalf("%s: %v", ch, err)
		}
	}
	after := dial(t, ctx, s.Connection())
	for _, c := range []*wiretest.Client{before, after} {
		for _, ch := range channels[:3] {
			ping(t, ctx, c, ch, "still here")
		}
		if _, err := c.Beat(ctx); err != nil {
			t.Error(err)
		}
	}
}

// A forged, unsigned, repeated or malformed message is dropped and logged, and
// the next good one on the same connection is answered.
func TestForged(t *testing.T) {
	ctx := timeout(t)
	s, log := echo(t, wiretest.Local())
	c := dial(t, ctx, s.Connection())
	header := wire.Header{ID: "forged", Type: "echo_request"}
	encode := func(key string) [][]byte {
		f, err := wire.NewCodec(key).Encode(&wire.Message{Header: header})
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	for _, ch := range channels[:3] {
		header.ID = "good on " + string(ch)
		good := encode(s.Connection().Key)
		header.ID = "forged"
		for _, f := range [][][]byte{
			encode("another key"), encode(""), {[]byte("x")}, {[]byte("<IDS|MSG>")}, good, good,
		} {
			if err := c.SendFrames(ch, f); err != nil {
				t.Fatal(err)
			}
		}
		ping(t, ctx, c, ch, "good")
		// What came before the good one, in order, is its own first sending.
	}
	for want, n := range map[string]int{"wrong signature": 6, "signature seen before": 3, "malformed message": 6} {
		if got := strings.Count(log.String(), want); got != n {
			t.Errorf("%q was logged %d times, want %d:\n%s", want, got, n, log)
		}
	}
}

// A subscriber that never reads must not hold up the kernel nor the others,
// and what waits for it is bounded.
func TestSlowSubscriber(t *testing.T) {
	ctx := timeout(t)
	s, _ := echo(t, wiretest.Local())
	network, address := s.Connection().Address(wire.IOPub)
	slow, err := net.Dial(network, address)
	if err != nil {
		t.Fatal(err)
	}
	defer slow.Close()
	slow.Write(append(append(wiretest.Greeting(), wiretest.Ready("Socket-Type", "SUB")...), wiretest.Frame([]byte{1}, false)...))
	// It has subscribed once it is greeted and welcomed.
	if _, err := io.ReadFull(slow, make([]byte, 200)); err != nil {
		t.Fatal(err)
	}
	c := dial(t, ctx, s.Connection())
	text := strings.Repeat("x", 1<<20)
	start := time.Now()
	for i := range 60 { // 60 MB: past the mark for droppable messages
		if err := s.Publish(nil, wire.Outgoing{Type: "big", Content: map[string]any{"n": i, "text": text}, Droppable: true}); err != nil {
			t.Fatal(err)
		}
		if i%10 == 0 {
			m, err := c.Await(ctx, wire.IOPub, "big", "")
			if err != nil {
				t.Fatal(err)
			}
			if n := wiretest.Content(m)["n"]; i == 0 && n != 0.0 {
				t.Errorf("the first message is number %v", n)
			}
		}
	}
	ping(t, ctx, c, wire.Shell, "alive")
	t.Logf("60 messages of 1 MB in %v beside a subscriber that reads nothing", time.Since(start).Round(time.Millisecond))
}

// A front end that leaves is forgotten; a reply to it says so.
func TestGone(t *testing.T) {
	ctx := timeout(t)
	s, err := wire.Listen(wiretest.Local(), slog.New(slog.DiscardHandler), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	c, err := wiretest.Dial(ctx, s.Connection())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Send(wire.Shell, "x_request", struct{}{}); err != nil {
		t.Fatal(err)
	}
	req := <-s.Requests(wire.Shell)
	// Its sockets connect in any order: the one on stdin may still be on its way.
	for end := time.Now().Add(5 * time.Second); ; time.Sleep(time.Millisecond) {
		_, err = s.Ask(req, wire.Outgoing{Type: "input_request"})
		if err == nil || !errors.Is(err, wire.ErrGone) || time.Now().After(end) {
			break
		}
	}
	if err != nil {
		t.Errorf("asking a live front end: %v", err)
	}
	c.Close()
	for end := time.Now().Add(5 * time.Second); ; time.Sleep(time.Millisecond) {
		err = s.Reply(wire.Shell, req, wire.Outgoing{Type: "x_reply"})
		if err != nil || time.Now().After(end) {
			break
		}
	}
	if !errors.Is(err, wire.ErrGone) {
		t.Errorf("replying to one that left: error %v, want %v", err, wire.ErrGone)
	}
	if err := s.Publish(req, wire.Outgoing{Type: "status"}); err != nil {
		t.Errorf("broadcasting to nobody: %v", err)
	}
}

// What cannot be sent is an error and sends nothing.
func TestUnencodable(t *testing.T) {
	s, _ := echo(t, wiretest.Local())
	for _, content := range []any{make(chan int), []int{1}, "text"} {
		if err := s.Publish(nil, wire.Outgoing{Type: "x", Content: content}); err == nil {
			t.Errorf("content %T was accepted", content)
		}
	}
}

// What is queued when Close is called still leaves.
func TestCloseSendsWhatIsQueued(t *testing.T) {
	ctx := timeout(t)
	s, err := wire.Listen(wiretest.Local(), slog.New(slog.DiscardHandler), nil)
	if err != nil {
		t.Fatal(err)
	}
	c := dial(t, ctx, s.Connection())
	const n = 500
	for i := range n {
		if err := s.Publish(nil, wire.Outgoing{Type: "x", Content: map[string]int{"n": i}}); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for i := range n {
		m, err := c.Await(ctx, wire.IOPub, "x", "")
		if err != nil {
			t.Fatalf("message %d: %v", i, err)
		}
		if got := wiretest.Content(m)["n"]; got != float64(i) {
			t.Fatalf("message %d is number %v", i, got)
		}
	}
	if err := s.Close(); err != nil {
		t.Errorf("closing again: %v", err)
	}
}

// Example signs a message, and shows that a changed one is refused.
// The number is what Python's hmac module gives for the same parts.
func Example() {
	codec := wire.NewCodec("secret")
	frames, err := codec.Encode(&wire.Message{
		Header:  wire.Header{ID: "1", Type: "kernel_info_request", Version: wire.ProtocolVersion},
		Content: json.RawMessage(`{}`),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%d frames, signature %.16s…\n", len(frames), frames[1])
	m, err := codec.Decode(frames)
	fmt.Println(m.Header.Type, err)
	frames[5] = []byte(`{"code":"evil"}`)
	_, err = codec.Decode(frames)
	fmt.Println(errors.Is(err, wire.ErrSignature))
	// Output:
	// 6 frames, signature 56072e71d2fadccd…
	// kernel_info_request <nil>
	// true
}
