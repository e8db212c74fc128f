package cluster

import (
	"context"
	"io"
	"math"
	"net"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"glassy/lab/device"
)

// The weights of WRN-28-10, 36.5 million numbers, from a worker to who gives the
// work, and back; and, for comparison, through one TCP connection of the loopback,
// and as bare messages, which bounds what any transfer over the server can do. In
// turn, so that all meet the same machine; the best of each counts.
func BenchmarkWeights(b *testing.B) {
	v := device.CPU().New(device.Float32, 36_500_000)
	v.Device().Normal(1, 0, 0, 1, v)
	to := v.New()
	c, err := Serve(b.Context(), ServerOptions{}, Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	far, err := Connect(b.Context(), c.Address(), Options{Token: c.Token()})
	if err != nil {
		b.Fatal(err)
	}
	defer far.Close()
	w := &worker{c: far}
	for _, compressed := range []bool{false, true} {
		b.Run(map[bool]string{false: "plain", true: "compressed"}[compressed], func(b *testing.B) {
			desk, err := c.openDesk("run")
			if err != nil {
				b.Fatal(err)
			}
			defer desk.end()
			up, down, plain, bare := math.Inf(1), math.Inf(1), math.Inf(1), math.Inf(1)
			var bytes int64
			for range b.N {
				plain = min(plain, loopback(b, memory(v), memory(to)))
				bare = min(bare, messages(b, far, c, memory(v), memory(to)))
				begun := time.Now()
				name := strconv.Itoa(b.N) // each is collected once
				delete(desk.arrived, name)
				desk.expect(name, memory(to))
				if err := w.transmit(b.Context(), "run", name, compressed, &bytes, v); err != nil {
					b.Fatal(err)
				}
				got, err := desk.collect(name)
				if err == nil {
					err = unpack(got, compressed, to)
				}
				if err != nil {
					b.Fatal(err)
				}
				up = min(up, time.Since(begun).Seconds())

				begun = time.Now()
				desk.offer("anchor", slices.Clone(pack(compressed, v)))
				if err := w.receive(b.Context(), "run", "anchor", compressed, &bytes, to); err != nil {
					b.Fatal(err)
				}
				down = min(down, time.Since(begun).Seconds())
			}
			MB := float64(len(memory(v))) / 1e6
			b.ReportMetric(MB/up, "MB/s-up")
			b.ReportMetric(MB/down, "MB/s-down")
			b.ReportMetric(MB/plain, "MB/s-loopback")
			b.ReportMetric(MB/bare, "MB/s-messages")
			b.ReportMetric(2*plain/(up+down), "of-loopback")
			b.ReportMetric(2*bare/(up+down), "of-messages")
		})
	}
}

// loopback is the seconds that data take through one TCP connection of this machine.
func loopback(b *testing.B, data, to []byte) float64 {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	go func() {
		if to, err := l.Accept(); err == nil {
			to.Write(data)
			to.Close()
		}
	}()
	from, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		b.Fatal(err)
	}
	defer from.Close()
	begun := time.Now()
	if _, err := io.ReadFull(from, to); err != nil {
		b.Fatal(err)
	}
	return time.Since(begun).Seconds()
}

// messages is the seconds that data take as bare messages: the chunks of a transfer,
// as many on their way, without checksums and names.
func messages(b *testing.B, from, at *Cluster, data, to []byte) float64 {
	room, done := make(chan bool, window), make(chan bool)
	rest := to
	s, err := at.conn.Subscribe("messages", func(m *nats.Msg) {
		rest = rest[copy(rest, m.Data):]
		<-room
		if len(rest) == 0 {
			close(done)
		}
	})
	if err == nil {
		err = at.conn.Flush()
	}
	if err != nil {
		b.Fatal(err)
	}
	defer s.Unsubscribe()
	begun := time.Now()
	for part := range slices.Chunk(data, chunk) {
		room <- true
		if err := from.conn.Publish("messages", part); err != nil {
			b.Fatal(err)
		}
	}
	<-done
	return time.Since(begun).Seconds()
}

// What a task costs that does nothing: put, taken, answered, fetched.
func BenchmarkTask(b *testing.B) {
	nothing := NewTask("nothing", func(_ context.Context, i int) (int, error) { return i, nil })
	c, err := Local(b.Context(), 1, Options{}, nothing)
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	in := make([]int, 2000)
	for range b.N {
		if m := Map(b.Context(), c, nothing, in); m.Done != len(in) {
			b.Fatal(m)
		}
	}
	b.ReportMetric(b.Elapsed().Seconds()/float64(b.N*len(in))*1e6, "µs/task")
}
