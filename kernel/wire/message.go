package wire

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"unicode/utf8"
)

// ProtocolVersion is the version of the Jupyter messaging protocol.
const ProtocolVersion = "5.4"

// Why a message was refused by [Codec.Decode].
var (
	ErrMalformed = errors.New("malformed message")
	ErrSignature = errors.New("wrong signature")
	ErrReplay    = errors.New("signature seen before")
)

// Header is the header of a message.
type Header struct {
	ID       string `json:"msg_id"`
	Session  string `json:"session"`
	Username string `json:"username"`
	Date     string `json:"date"` // RFC 3339
	Type     string `json:"msg_type"`
	Version  string `json:"version"`
	Subshell string `json:"subshell_id,omitempty"` // of the request's shell; "" is the main one
}

// Message is one Jupyter message. Parent, Metadata and Content are JSON
// objects; nil stands for the empty one.
type Message struct {
	Identities [][]byte // routing frames ahead of the delimiter
	Header     Header
	Parent     json.RawMessage // header of the message that this one answers
	Metadata   json.RawMessage
	Content    json.RawMessage
	Buffers    [][]byte

	header json.RawMessage // the header as received, unknown fields included
	peer   *peer           // where it came from
}

// RawHeader is the header as JSON: as it was received, or encoded from Header.
func (m *Message) RawHeader() (json.RawMessage, error) {
	if m.header != nil {
		return m.header, nil
	}
	return encode(m.Header)
}

// ParentID is the id of the message that this one answers, or "".
func (m *Message) ParentID() string {
	var parent struct {
		ID string `json:"msg_id"`
	}
	if json.Unmarshal(m.Parent, &parent) != nil {
		return ""
	}
	return parent.ID
}

const (
	delimiter   = "<IDS|MSG>"
	parts       = 4     // header, parent, metadata, content
	seenHistory = 65536 // signatures remembered against replay, as jupyter_client does
)

// Codec turns messages into frames and back, signing and checking with one
// key. It is safe for concurrent use.
type Codec struct {
	key []byte

	mu   sync.Mutex
	seen map[[sha256.Size]byte]struct{}
	ring [][sha256.Size]byte // seen, oldest at next once full
	next int
}

// NewCodec returns a codec for the key of a connection file. With an empty key
// messages are neither signed nor checked.
func NewCodec(key string) *Codec {
	return &Codec{key: []byte(key), seen: make(map[[sha256.Size]byte]struct{})}
}

// Encode returns the frames of m: identities, delimiter, signature, header,
// parent, metadata, content, buffers.
func (c *Codec) Encode(m *Message) ([][]byte, error) {
	header, err := m.RawHeader()
	if err != nil {
		return nil, fmt.Errorf("encoding the header of a %s: %w", m.Header.Type, err)
	}
	body := [parts][]byte{header, m.Parent, m.Metadata, m.Content}
	for i, part := range body {
		if len(part) == 0 {
			body[i] = []byte("{}")
		}
	}
	frames := make([][]byte, 0, len(m.Identities)+2+parts+len(m.Buffers))
	frames = append(frames, m.Identities...)
	frames = append(frames, []byte(delimiter), []byte(c.sign(body[:])))
	frames = append(frames, body[:]...)
	return append(frames, m.Buffers...), nil
}

// Decode checks frames and takes them apart. The error is ErrMalformed,
// ErrSignature or ErrReplay, wrapped with what was wrong.
func (c *Codec) Decode(frames [][]byte) (*Message, error) {
	at := -1
	for i, f := range frames {
		if string(f) == delimiter {
			at = i
			break
		}
	}
	if at < 0 {
		return nil, fmt.Errorf("%w: no %s among its %d frames", ErrMalformed, delimiter, len(frames))
	}
	rest := frames[at+1:]
	if len(rest) < 1+parts {
		return nil, fmt.Errorf("%w: %d frames after the delimiter, want at least %d", ErrMalformed, len(rest), 1+parts)
	}
	body := rest[1 : 1+parts]
	if err := c.verify(rest[0], body); err != nil {
		return nil, err
	}
	for i, name := range [parts]string{"header", "parent header", "metadata", "content"} {
		if !isObject(body[i]) {
			return nil, fmt.Errorf("%w: its %s is no JSON object in UTF-8", ErrMalformed, name)
		}
	}
	m := &Message{
		Identities: frames[:at:at],
		Parent:     body[1],
		Metadata:   body[2],
		Content:    body[3],
		Buffers:    rest[1+parts:],
		header:     body[0],
	}
	if err := json.Unmarshal(body[0], &m.Header); err != nil {
		return nil, fmt.Errorf("%w: header: %w", ErrMalformed, err)
	}
	if m.Header.Type == "" || m.Header.ID == "" {
		return nil, fmt.Errorf("%w: header without msg_type or msg_id", ErrMalformed)
	}
	return m, nil
}

// sign returns the signature of the four parts in hexadecimal, or "" without a
// key.
func (c *Codec) sign(body [][]byte) string {
	if len(c.key) == 0 {
		return ""
	}
	return hex.EncodeToString(c.mac(body))
}

func (c *Codec) mac(body [][]byte) []byte {
	h := hmac.New(sha256.New, c.key)
	for _, part := range body {
		h.Write(part)
	}
	return h.Sum(nil)
}

func (c *Codec) verify(signature []byte, body [][]byte) error {
	if len(c.key) == 0 {
		return nil
	}
	got, err := hex.DecodeString(string(signature))
	if err != nil || !hmac.Equal(got, c.mac(body)) {
		return fmt.Errorf("%w: %.80q", ErrSignature, signature)
	}
	if !c.remember([sha256.Size]byte(got)) {
		return fmt.Errorf("%w: %q", ErrReplay, signature)
	}
	return nil
}

// remember notes a good signature and reports whether it is new. Only the last
// seenHistory ones are kept.
func (c *Codec) remember(digest [sha256.Size]byte) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, dup := c.seen[digest]; dup {
		return false
	}
	c.seen[digest] = struct{}{}
	if len(c.ring) < seenHistory {
		c.ring = append(c.ring, digest)
		return true
	}
	delete(c.seen, c.ring[c.next])
	c.ring[c.next] = digest
	c.next = (c.next + 1) % seenHistory
	return true
}

// isObject reports whether data is one JSON object in valid UTF-8. The parts
// of a request are echoed in replies, so they must be good for others too.
func isObject(data []byte) bool {
	trimmed := bytes.TrimLeft(data, " \t\r\n")
	return len(trimmed) > 0 && trimmed[0] == '{' && utf8.Valid(data) && json.Valid(data)
}

// encode is JSON without the escapes for HTML, which only make text longer.
func encode(v any) (json.RawMessage, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimRight(b.Bytes(), "\n"), nil
}
