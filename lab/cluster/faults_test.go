package cluster

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"glassy/lab/device"
	"glassy/lab/optim"
)

// The test program is the workers' program too, and a server's.
func TestMain(m *testing.M) {
	if store := os.Getenv("CLUSTER_TEST_STORE"); store != "" {
		c, err := Serve(context.Background(), ServerOptions{Store: store}, Options{})
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		fmt.Println(c.URL())
		select {} // until it is killed
	}
	if url := os.Getenv("CLUSTER_TEST_WORKER"); url != "" {
		c, err := Connect(context.Background(), url, Options{Name: strconv.Itoa(os.Getpid()), Token: os.Getenv("CLUSTER_TEST_TOKEN"), Lost: lost})
		if err == nil {
			err = c.Work(context.Background(), Worker{Device: "test"}, dwell, training)
		}
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

const lost = 400 * time.Millisecond

// dwell returns what it was given, a while later.
var dwell = NewTask("dwell", func(ctx context.Context, i int) (int, error) {
	time.Sleep(time.Duration(i%7) * time.Millisecond)
	return 3 * i, nil
})

// process starts a worker in a process of its own, and waits until it has joined or
// the context is done.
func process(ctx context.Context, t *testing.T, c *Cluster) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), "CLUSTER_TEST_WORKER="+c.Address(), "CLUSTER_TEST_TOKEN="+c.Token())
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { kill(cmd) })
	name := strconv.Itoa(cmd.Process.Pid)
	for ctx.Err() == nil {
		members, err := c.Members(ctx)
		if err == nil && slices.ContainsFunc(members, func(m Member) bool { return m.Name == name }) {
			break
		}
		time.Sleep(time.Millisecond)
	}
	return cmd
}

func kill(cmd *exec.Cmd) {
	cmd.Process.Kill()
	cmd.Wait()
}

// killing ends one of two workers, and starts another in its place, at moments
// that nobody knows, until the context is done. It returns how often.
func killing(ctx context.Context, t *testing.T, c *Cluster) int {
	workers := []*exec.Cmd{process(ctx, t, c), process(ctx, t, c)}
	for n := 0; ; n++ {
		select {
		case <-ctx.Done():
			return n
		case <-time.After(time.Duration(20+rand.IntN(150)) * time.Millisecond):
			i := n % 2
			kill(workers[i])
			workers[i] = process(ctx, t, c)
		}
	}
}

func serve(t *testing.T, s ServerOptions) *Cluster {
	t.Helper()
	c, err := Serve(t.Context(), s, Options{Lost: lost})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// Whoever dies, no task is lost and none counts twice.
func TestWorkersKilled(t *testing.T) {
	c := serve(t, ServerOptions{})
	ctx, cancel := context.WithCancel(t.Context())
	kills := make(chan int)
	go func() { kills <- killing(ctx, t, c) }()
	in := make([]int, 400)
	for i := range in {
		in[i] = i
	}
	for done := 0; ; done++ {
		m := Map(t.Context(), c, dwell, in)
		if m.Err != nil || m.Done != len(in) {
			t.Fatal(m)
		}
		for i, v := range m.Values {
			if v != 3*i {
				t.Fatalf("value %d is %d", i, v)
			}
		}
		if done == 1 {
			break
		}
	}
	cancel()
	t.Logf("%d workers were killed", <-kills)
}

// A training whose workers are killed ends at the bits of one process.
func TestTrainersKilled(t *testing.T) {
	c := serve(t, ServerOptions{})
	s := spec{"parle", 3, 25, false}
	p, err := build(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	whole := optim.Run(t.Context(), p.Landscape, p.Start, p.Method, p.Options)
	ctx, cancel := context.WithCancel(t.Context())
	kills := make(chan int)
	go func() { kills <- killing(ctx, t, c) }()
	got, err := Train(t.Context(), c, training, s, TrainOptions{})
	cancel()
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(device.Host[float64](got.Weights), device.Host[float64](whole.Weights)) {
		t.Error("other weights than in one process")
	}
	t.Logf("%d workers were killed; %v", <-kills, got)
}

// A server that goes away and comes back has lost nothing.
func TestServerRestarted(t *testing.T) {
	s := ServerOptions{Store: t.TempDir(), Token: "known", Port: freePort(t)}
	first := serve(t, s)
	o := Options{Token: "known", Lost: lost}
	c, err := Connect(t.Context(), first.Address(), o)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var working sync.WaitGroup
	defer working.Wait()
	defer cancel()
	working.Go(func() {
		if err := c.Work(ctx, Worker{}, dwell); err != nil {
			t.Error(err)
		}
	})
	in := make([]int, 300)
	for i := range in {
		in[i] = i
	}
	go func() {
		time.Sleep(300 * time.Millisecond)
		first.Close()
		serve(t, s)
	}()
	m := Map(t.Context(), c, dwell, in)
	if m.Err != nil || m.Done != len(in) {
		t.Fatal(m)
	}
	for i, v := range m.Values {
		if v != 3*i {
			t.Errorf("value %d is %d", i, v)
		}
	}
}

// Two servers do not keep their tasks in one folder, be they of one process or of
// two; a server that was killed is in nobody's way.
func TestOneServer(t *testing.T) {
	store := t.TempDir()
	refused := func(pid int) {
		t.Helper()
		c, err := Serve(t.Context(), ServerOptions{Store: store}, Options{})
		if err == nil {
			c.Close()
		}
		if err == nil || !strings.Contains(err.Error(), store) || !strings.Contains(err.Error(), fmt.Sprintf("process %d,", pid)) {
			t.Errorf("a second server: %v, expected to be told of process %d in %s", err, pid, store)
		}
	}
	first := serve(t, ServerOptions{Store: store})
	refused(os.Getpid())
	first.Close()

	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	other := exec.Command(self)
	other.Env = append(os.Environ(), "CLUSTER_TEST_STORE="+store)
	said, err := other.StdoutPipe()
	if err == nil {
		err = other.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	defer kill(other)
	if line, err := bufio.NewReader(said).ReadString('\n'); err != nil {
		t.Fatalf("the server of another process said %q: %v", line, err)
	}
	refused(other.Process.Pid)
	kill(other)
	serve(t, ServerOptions{Store: store})
}

func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// A cable is a way to the server that can be cut: what is sent is lost, and
// nobody is told.
type cable struct {
	net.Listener
	to  string
	mu  sync.Mutex
	cut bool
}

func (c *cable) set(cut bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.cut = cut
}

func (c *cable) whole() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return !c.cut
}

func (c *cable) serve() {
	for {
		a, err := c.Accept()
		if err != nil {
			return
		}
		b, err := net.Dial("tcp", c.to)
		if err != nil {
			a.Close()
			continue
		}
		copyTo := func(to, from net.Conn) {
			defer to.Close()
			buf := make([]byte, 32<<10)
			for {
				n, err := from.Read(buf)
				if c.whole() {
					if _, werr := to.Write(buf[:n]); werr != nil {
						return
					}
				}
				if err != nil {
					return
				}
			}
		}
		go copyTo(a, b)
		go copyTo(b, a)
	}
}

// A worker whose cable is cut loses its task to another; when the cable is mended
// it goes on.
func TestNetworkCut(t *testing.T) {
	c := serve(t, ServerOptions{})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	wire := &cable{Listener: l, to: strings.TrimPrefix(c.Address(), "nats://")}
	go wire.serve()
	far, err := Connect(t.Context(), "nats://"+l.Addr().String(), Options{Name: "far", Token: c.Token(), Lost: lost})
	if err != nil {
		t.Fatal(err)
	}
	defer far.Close()

	begun, cut := make(chan bool, 1000), make(chan struct{})
	hold := NewTask("hold", func(ctx context.Context, i int) (string, error) {
		begun <- true
		<-cut
		return strconv.Itoa(i), nil
	})
	ctx, cancel := context.WithCancel(t.Context())
	var working sync.WaitGroup
	defer working.Wait()
	defer cancel()
	work := func(c *Cluster) {
		working.Go(func() {
			if err := c.Work(ctx, Worker{}, hold); err != nil {
				t.Error(err)
			}
		})
	}
	work(far)
	go func() {
		<-begun // far has a task
		wire.set(true)
		close(cut)
		work(c)
		time.Sleep(2 * lost)
		wire.set(false)
	}()
	m := Map(t.Context(), c, hold, []int{0, 1, 2, 3, 4, 5})
	if m.Err != nil || m.Done != 6 || m.Values[5] != "5" {
		t.Error(m)
	}
	// It is back when it does a task that nobody else is there for.
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		if err := far.conn.FlushTimeout(time.Second); err == nil {
			break
		} else if time.Now().After(end) {
			t.Fatal(err)
		}
	}
}

// A task that was delivered, or asked for, twice counts once.
func TestDuplicates(t *testing.T) {
	c := serve(t, ServerOptions{})
	q, err := c.start(t.Context(), dwell.name)
	if err != nil {
		t.Fatal(err)
	}
	defer q.end()
	for i := range 20 {
		b, _ := encode(i)
		for range 2 {
			if err := q.put(t.Context(), i, b, nil); err != nil {
				t.Fatal(err)
			}
		}
		m := nats.NewMsg(workSubject + c.version + "." + q.run) // without its name
		m.Header.Set(taskHeader, dwell.name)
		m.Header.Set(runHeader, q.run)
		m.Header.Set(indexHeader, strconv.Itoa(i))
		m.Data = b
		if _, err := c.js.PublishMsg(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	var working sync.WaitGroup
	defer working.Wait()
	defer cancel()
	working.Go(func() {
		if err := c.Work(ctx, Worker{}, dwell); err != nil {
			t.Error(err)
		}
	})
	seen := map[int]bool{}
	for range 20 {
		r, err := q.next(t.Context())
		if err != nil || r.err != nil || seen[r.index] {
			t.Fatal(r.index, err, r.err)
		}
		seen[r.index] = true
	}
	for { // until the queue is empty, and so every duplicate was done
		if s, err := c.Status(t.Context()); err != nil || s.Waiting+s.Working == 0 {
			break
		}
	}
	short, stop := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer stop()
	if r, err := q.next(short); err == nil {
		t.Errorf("a %dth result, of task %d", 21, r.index)
	}
}

// A disk that is full is told, and is no end of the cluster.
func TestFullDisk(t *testing.T) {
	c := serve(t, ServerOptions{Limit: 4 << 20})
	echo := NewTask("echo", func(_ context.Context, b []byte) (int, error) { return len(b), nil })
	in := make([][]byte, 200)
	for i := range in {
		in[i] = make([]byte, inline/2)
	}
	m := Map(t.Context(), c, echo, in)
	if m.Err == nil || !strings.Contains(m.Err.Error(), "maximum bytes exceeded") {
		t.Errorf("6 MB where 4 MB are: %v", m)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var working sync.WaitGroup
	defer working.Wait()
	defer cancel()
	working.Go(func() {
		if err := c.Work(ctx, Worker{}, echo); err != nil {
			t.Error(err)
		}
	})
	// What is large is not kept on the disk.
	if m := Map(t.Context(), c, echo, [][]byte{make([]byte, 1000), make([]byte, 8<<20)}); m.Err != nil || m.Values[0] != 1000 || m.Values[1] != 8<<20 {
		t.Errorf("1 kB and 8 MB after it: %v", m)
	}
}

// Nonsense that arrives as a message is an answer that says so, or nothing.
func FuzzMessages(f *testing.F) {
	c, err := Local(context.Background(), 1, Options{Lost: lost}, dwell, square, training)
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(c.Close)
	d, err := c.openDesk("fuzz")
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(d.end)
	good, _ := encode(7)
	r, _ := encode(round[spec]{Spec: spec{"parle", 2, 1, false}, Run: "run", Round: 3})
	for _, task := range []string{"dwell", "bowls", "nobody's", ""} {
		f.Add(task, "run", "0", "", good)
		f.Add(task, "a.b", "-1", "nothing", r)
		f.Add(task, "", "x", "", []byte{})
		f.Add(task, "fuzz", "0/9999999999999/00000000", "body", []byte{})
	}
	f.Fuzz(func(t *testing.T, task, run, index, object string, body []byte) {
		for _, s := range []string{task, run, index, object} {
			if strings.ContainsAny(s, "\r\n") {
				return // no header
			}
		}
		m := nats.NewMsg(workSubject + c.version + ".fuzz")
		m.Header.Set(taskHeader, task)
		m.Header.Set(runHeader, run)
		m.Header.Set(indexHeader, index)
		if object != "" {
			m.Header.Set(bodyHeader, object)
		}
		m.Data = body
		if _, err := c.js.PublishMsg(t.Context(), m); err != nil {
			return // no message: its headers are not allowed
		}
		m.Subject, m.Reply = deskSubject+"fuzz", c.conn.NewInbox()
		m.Header.Set(chunkHeader, index)
		if err := c.conn.PublishMsg(m); err != nil {
			t.Fatal(err)
		}
		// The worker still does what it can.
		if got := Map(t.Context(), c, square, []float64{3}); got.Err != nil || got.Values[0] != 9 {
			t.Fatal(got)
		}
	})
}
