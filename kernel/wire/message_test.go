package wire

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
)

func frames(t testing.TB, c *Codec, m *Message) [][]byte {
	t.Helper()
	f, err := c.Encode(m)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func request() *Message {
	return &Message{
		Identities: [][]byte{[]byte("id")},
		Header:     Header{ID: "1", Session: "s", Username: "u", Date: "2024-01-01T00:00:00Z", Type: "execute_request", Version: "5.4"},
		Content:    json.RawMessage(`{"code":"x<y"}`),
		Buffers:    [][]byte{{0, 255}, nil},
	}
}

func TestMessageRoundTrip(t *testing.T) {
	for _, key := range []string{"", "secret"} {
		got, err := NewCodec(key).Decode(frames(t, NewCodec(key), request()))
		if err != nil {
			t.Fatalf("key %q: %v", key, err)
		}
		want := request()
		if got.Header != want.Header || string(got.Content) != string(want.Content) ||
			string(got.Parent) != "{}" || string(got.Metadata) != "{}" {
			t.Errorf("key %q: got %+v", key, got)
		}
		if len(got.Buffers) != 2 || !bytes.Equal(got.Buffers[0], want.Buffers[0]) || len(got.Buffers[1]) != 0 {
			t.Errorf("key %q: buffers %v", key, got.Buffers)
		}
		if len(got.Identities) != 1 || string(got.Identities[0]) != "id" {
			t.Errorf("key %q: identities %q", key, got.Identities)
		}
	}
}

// The signature is HMAC-SHA256 over header, parent, metadata and content, in
// hexadecimal, computed here by hand.
func TestSignatureIsTheSpecified(t *testing.T) {
	f := frames(t, NewCodec("secret"), request())
	h := hmac.New(sha256.New, []byte("secret"))
	h.Write(bytes.Join(f[3:7], nil))
	if want := hex.EncodeToString(h.Sum(nil)); string(f[2]) != want {
		t.Errorf("signature %s, want %s", f[2], want)
	}
}

func TestForgedAndReplayed(t *testing.T) {
	alter := func(at int, with string) func([][]byte) [][]byte {
		return func(f [][]byte) [][]byte { f[at] = []byte(with); return f }
	}
	for name, c := range map[string]struct {
		change func([][]byte) [][]byte
		want   error
	}{
		"no signature":     {alter(2, ""), ErrSignature},
		"short signature":  {alter(2, "00"), ErrSignature},
		"not hexadecimal":  {alter(2, "zz"), ErrSignature},
		"wrong signature":  {alter(2, strings.Repeat("00", 32)), ErrSignature},
		"changed header":   {alter(3, `{"msg_id":"2","msg_type":"x"}`), ErrSignature},
		"changed content":  {alter(6, `{"code":"evil"}`), ErrSignature},
		"no delimiter":     {alter(1, "x"), ErrMalformed},
		"too few parts":    {func(f [][]byte) [][]byte { return f[:5] }, ErrMalformed},
		"no frames at all": {func([][]byte) [][]byte { return nil }, ErrMalformed},
		"extra buffer":     {func(f [][]byte) [][]byte { return append(f, []byte("b")) }, nil}, // not signed, by the specification
	} {
		_, err := NewCodec("secret").Decode(c.change(frames(t, NewCodec("secret"), request())))
		if !errors.Is(err, c.want) {
			t.Errorf("%s: error %v, want %v", name, err, c.want)
		}
	}
	c, f := NewCodec("secret"), frames(t, NewCodec("secret"), request())
	if _, err := c.Decode(f); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Decode(f); !errors.Is(err, ErrReplay) {
		t.Errorf("second time: error %v, want %v", err, ErrReplay)
	}
}

func TestReplayMemoryIsBounded(t *testing.T) {
	c := NewCodec("k")
	digest := func(i int) [32]byte { return sha256.Sum256(fmt.Append(nil, i)) }
	for i := range seenHistory + 10 {
		if !c.remember(digest(i)) {
			t.Fatalf("digest %d taken for a repeated one", i)
		}
	}
	if len(c.seen) != seenHistory || len(c.ring) != seenHistory {
		t.Errorf("%d and %d digests kept, want %d", len(c.seen), len(c.ring), seenHistory)
	}
	if !c.remember(digest(0)) || c.remember(digest(seenHistory+9)) {
		t.Error("the oldest digest must be forgotten and the newest known")
	}
}

func TestMalformedParts(t *testing.T) {
	good := `{"msg_id":"1","msg_type":"x"}`
	for name, part := range map[string][2]string{
		"header no JSON":        {good[:9], "{}"},
		"header an array":       {"[]", "{}"},
		"header null":           {"null", "{}"},
		"header wrong types":    {`{"msg_id":1,"msg_type":"x"}`, "{}"},
		"header without type":   {`{"msg_id":"1"}`, "{}"},
		"header without id":     {`{"msg_type":"x"}`, "{}"},
		"header not UTF-8":      {"{\"msg_id\":\"1\",\"msg_type\":\"\xff\"}", "{}"},
		"content a string":      {good, `"x"`},
		"content empty":         {good, ""},
		"content of two values": {good, "{}{}"},
		"content very deep":     {good, `{"a":` + strings.Repeat("[", 1e6)},
	} {
		f := [][]byte{[]byte(delimiter), nil, []byte(part[0]), []byte("{}"), []byte("{}"), []byte(part[1])}
		if m, err := NewCodec("").Decode(f); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: %v, %v, want %v", name, m, err, ErrMalformed)
		}
	}
}

func TestUnknownHeaderFieldsAreEchoed(t *testing.T) {
	header := `{"msg_id":"1","msg_type":"x","subshell_id":"7"}`
	m, err := NewCodec("").Decode([][]byte{[]byte(delimiter), nil, []byte(header), []byte("{}"), []byte("{}"), []byte("{}")})
	if err != nil {
		t.Fatal(err)
	}
	if raw, err := m.RawHeader(); err != nil || string(raw) != header {
		t.Errorf("raw header %s, %v, want %s", raw, err, header)
	}
}

// FuzzDecode feeds Decode frames cut out of arbitrary bytes: whatever comes
// through must encode and decode again to the same.
func FuzzDecode(f *testing.F) {
	for _, m := range []*Message{request(), {Header: Header{ID: "1", Type: "x"}, Metadata: json.RawMessage(`{"a":[1,2]}`)}} {
		f.Add(bytes.Join(frames(f, NewCodec(""), m), []byte{'|'}), false)
	}
	f.Add([]byte(delimiter+"||{}|{}|{}|{}"), true)
	f.Fuzz(func(t *testing.T, data []byte, sign bool) {
		in := bytes.Split(data, []byte{'|'})
		// The delimiter holds the separator; put it together again.
		for i := 0; i+1 < len(in); i++ {
			if string(in[i]) == "<IDS" && string(in[i+1]) == "MSG>" {
				in = append(append(append([][]byte{}, in[:i]...), []byte(delimiter)), in[i+2:]...)
				break
			}
		}
		key := ""
		if sign {
			key = "k"
			for i := range in {
				if string(in[i]) == delimiter && len(in) >= i+6 {
					in[i+1] = []byte(NewCodec(key).sign(in[i+2 : i+6]))
					break
				}
			}
		}
		m, err := NewCodec(key).Decode(in)
		if err != nil {
			return
		}
		out, err := NewCodec(key).Encode(m)
		if err != nil {
			t.Fatalf("decoded but does not encode: %v", err)
		}
		again, err := NewCodec(key).Decode(out)
		if err != nil {
			t.Fatalf("encoded but does not decode: %v", err)
		}
		if again.Header != m.Header || !bytes.Equal(again.Content, m.Content) || len(again.Buffers) != len(m.Buffers) {
			t.Fatalf("got %+v, want %+v", again, m)
		}
	})
}

// BenchmarkCodec signs, checks and takes apart a message of 1 kB.
func BenchmarkCodec(b *testing.B) {
	m := request()
	m.Content = json.RawMessage(`{"text":"` + strings.Repeat("x", 1000) + `"}`)
	c := NewCodec("secret")
	for i := 0; b.Loop(); i++ {
		m.Header.ID = fmt.Sprint(i)
		if _, err := c.Decode(frames(b, c, m)); err != nil {
			b.Fatal(err)
		}
	}
}
