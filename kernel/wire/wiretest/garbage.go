package wiretest

import (
	"encoding/binary"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"time"

	"glassy/kernel/wire"
)

// Garbage opens one raw connection to a channel for each of the ways in which
// it can be broken below and above ZMTP, sends it, and closes. The seed fixes
// the random ones. What it opens and leaves silent is returned for the caller
// to close: a kernel must serve others meanwhile.
func Garbage(c wire.Connection, ch wire.Channel, seed uint64) (silent []net.Conn, err error) {
	r := rand.New(rand.NewPCG(seed, 0))
	for name, bytes := range broken(r) {
		conn, err := dial(c, ch)
		if err != nil {
			return silent, fmt.Errorf("%s: %w", name, err)
		}
		conn.Write(bytes) // fails where the kernel hangs up in the middle, as it may
		// Wait a moment for the kernel to read, or to hang up.
		conn.SetReadDeadline(time.Now().Add(20 * time.Millisecond))
		io.Copy(io.Discard, conn)
		conn.Close()
	}
	for _, start := range [][]byte{nil, Greeting()[:10], Greeting()} {
		conn, err := dial(c, ch)
		if err != nil {
			return silent, fmt.Errorf("silent: %w", err)
		}
		silent = append(silent, conn)
		if _, err := conn.Write(start); err != nil {
			return silent, fmt.Errorf("silent: %w", err)
		}
	}
	return silent, nil
}

func dial(c wire.Connection, ch wire.Channel) (net.Conn, error) {
	network, address := c.Address(ch)
	return net.DialTimeout(network, address, time.Second)
}

// Greeting is the greeting of ZMTP 3.0 with the NULL mechanism.
func Greeting() []byte {
	g := make([]byte, 64)
	g[0], g[9], g[10] = 0xFF, 0x7F, 3
	copy(g[12:], "NULL")
	return g
}

// Ready is the command that ends the handshake, with these properties in turn:
// name, value, name, value.
func Ready(properties ...string) []byte {
	body := []byte("\x05READY")
	for i := 0; i+1 < len(properties); i += 2 {
		body = append(body, byte(len(properties[i])))
		body = append(body, properties[i]...)
		body = binary.BigEndian.AppendUint32(body, uint32(len(properties[i+1])))
		body = append(body, properties[i+1]...)
	}
	return append([]byte{4, byte(len(body))}, body...)
}

// Frame is one ZMTP frame; more follows when more is true.
func Frame(body []byte, more bool) []byte {
	var flags byte
	if more {
		flags = 1
	}
	if len(body) > 255 {
		f := binary.BigEndian.AppendUint64([]byte{flags | 2}, uint64(len(body)))
		return append(f, body...)
	}
	return append([]byte{flags, byte(len(body))}, body...)
}

// broken names the ways to be broken. Each is what is sent on a connection.
func broken(r *rand.Rand) map[string][]byte {
	random := func(n int) []byte {
		b := make([]byte, n)
		for i := range b {
			b[i] = byte(r.Uint32())
		}
		return b
	}
	long := func(size uint64) []byte { return binary.BigEndian.AppendUint64([]byte{2}, size) }
	cat := func(parts ...[]byte) (all []byte) {
		for _, p := range parts {
			all = append(all, p...)
		}
		return all
	}
	open := cat(Greeting(), Ready("Socket-Type", "DEALER", "Identity", "garbage"))
	sub := cat(Greeting(), Ready("Socket-Type", "SUB"))
	many := open
	for range 5000 {
		many = append(many, Frame(nil, true)...)
	}
	return map[string][]byte{
		"nothing":               nil,
		"http":                  []byte("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n" + string(make([]byte, 100))),
		"random":                random(4096),
		"random after greeting": cat(Greeting(), random(4096)),
		"random after ready":    cat(open, random(4096)),
		"old version":           append([]byte{0xFF, 0, 0, 0, 0, 0, 0, 0, 1, 0x7F, 1}, make([]byte, 53)...),
		"unknown socket type":   cat(Greeting(), Ready("Socket-Type", "FOO")),
		"no socket type":        cat(Greeting(), Ready()),
		"wrong socket type":     cat(Greeting(), Ready("Socket-Type", "PAIR")),
		"cut property":          cat(Greeting(), []byte{4, 8}, []byte("\x05READY\x0bS")),
		"empty command":         cat(Greeting(), []byte{4, 0}),
		"command name too long": cat(Greeting(), []byte{4, 2, 255, 'R'}),
		"huge handshake":        cat(Greeting(), []byte{6}, long(1 << 40)[1:]),
		"2^62 bytes":            cat(open, long(1<<62)),
		"2^63 bytes":            cat(open, long(1<<63)),
		"2^40 bytes":            cat(open, long(1<<40)),
		"2^32 bytes":            cat(open, long(1<<32)),
		"2^62 bytes from a sub": cat(sub, long(1<<62)),
		"many frames":           many,
		"ping":                  cat(open, []byte{4, 7}, []byte("\x04PING\x00\x0a")),
		"bad command":           cat(open, []byte{4, 1, 9}),
		"empty frame":           cat(open, Frame(nil, false)),
		"empty subscription":    cat(sub, Frame(nil, false)),
		"odd subscription":      cat(sub, Frame([]byte{7, 7}, false), Frame([]byte{0, 7}, false), Frame([]byte{1}, true), Frame(nil, false)),
		"no delimiter":          cat(open, Frame([]byte("a"), true), Frame([]byte("b"), false)),
		"only a delimiter":      cat(open, Frame([]byte("<IDS|MSG>"), false)),
		"half a message":        cat(open, Frame([]byte("<IDS|MSG>"), true), []byte{1, 200, 'x'}),
		"not signed": cat(open, Frame([]byte("<IDS|MSG>"), true), Frame(nil, true),
			Frame([]byte(`{"msg_id":"1","msg_type":"execute_request"}`), true), Frame([]byte("{}"), true),
			Frame([]byte("{}"), true), Frame([]byte(`{"code":"1"}`), false)),
	}
}
