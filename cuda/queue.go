//go:build cuda

package cuda

import (
	"bytes"
	"hash/maphash"
	"runtime"
	"slices"
	"sync"

	"glassy/cuda/internal/driver"
)

// queue collects launches. They go to the GPU together when somebody waits for
// a result or when most are there. A row that was seen before, the same kernels
// in the same order and sizes, becomes a graph, which starts in one call what
// would take one for each launch; later rows only change the arguments that
// differ. So a training step is a graph although nobody said where it begins.
//
// Rows end where results are read, which depends on the program alone, so that
// the same steps give the same rows.
type queue struct {
	mu        sync.Mutex
	row       []command
	launches  []driver.Launch // of the row, but for library calls
	arguments []byte

	graphs map[uint64]*graph // by the row's shape
	clock  int               // counts flushes
}

// A command is a launch, or work of a library between launches.
type command struct {
	kernel *kernel
	call   func() error // where kernel is nil
	key    any          // what call depends on: it is recorded into a graph
}

const (
	most     = 256 // launches of one row
	least    = 4   // launches that are worth a graph
	often    = 3   // times that a row has come before it becomes one
	mostKept = 64  // graphs
)

// A graph is a row that came before.
type graph struct {
	seen, used int
	row        []command
	launches   []driver.Launch // as in ready
	arguments  []byte
	ready      *driver.Graph // nil: not yet
	failed     bool          // it cannot be one
}

// launchData queues a launch whose last argument is data itself, by value.
func (d *Device) launchData(name string, grid, block size, data []byte, args ...argument) {
	k, err := d.kernels.get(name, 0)
	d.check(err)
	d.push(k, grid, block, 0, args, data)
}

// push puts a launch at the end of the queue. Data, if there are any, are its
// last argument themselves, by value.
func (d *Device) push(k *kernel, grid, block size, shared int, args []argument, data []byte) {
	d.queue.mu.Lock()
	defer d.queue.mu.Unlock()
	q := &d.queue
	for len(q.arguments)%16 != 0 { // where any argument is aligned
		q.arguments = append(q.arguments, 0)
	}
	from := len(q.arguments)
	q.arguments = append(pack(q.arguments, from, args), data...)
	runtime.KeepAlive(args) // once queued, no later New gets memory that the launch still needs
	q.row = append(q.row, command{kernel: k})
	q.launches = append(q.launches, driver.Launch{
		Function: k.function, Grid: grid, Block: block, Shared: uint32(shared),
		Offset: uint32(from), Size: uint32(len(q.arguments) - from),
	})
	if len(q.row) >= most {
		d.submit()
	}
}

// call queues work that a library begins on the GPU's stream. Key is comparable
// and says all that it depends on, pointers too: calls with equal keys do the
// same.
func (d *Device) call(key any, f func() error) {
	d.queue.mu.Lock()
	defer d.queue.mu.Unlock()
	d.queue.row = append(d.queue.row, command{call: f, key: key})
	if len(d.queue.row) >= most {
		d.submit()
	}
}

// flush sends what is in the queue.
func (d *Device) flush() {
	d.alive()
	d.queue.mu.Lock()
	defer d.queue.mu.Unlock()
	d.submit()
}

// submit sends the row; under the queue's lock.
func (d *Device) submit() {
	q := &d.queue
	if len(q.row) == 0 {
		return
	}
	q.clock++
	where := 0
	err := func() error {
		if len(q.launches) < least {
			return d.runRow()
		}
		g := q.lookUp()
		if g.ready == nil && !g.failed && g.seen >= often {
			if err := d.build(g); err != nil {
				return err
			}
		}
		if g.ready == nil || !g.matches(q) {
			return d.runRow()
		}
		where = 1
		for i, l := range q.launches {
			old := g.launches[i]
			now := q.arguments[l.Offset : l.Offset+l.Size]
			if kept := g.arguments[old.Offset : old.Offset+old.Size]; !bytes.Equal(kept, now) {
				if err := g.ready.Change(i, l, q.arguments); err != nil {
					return err
				}
				copy(kept, now)
			}
		}
		return g.ready.Run()
	}()
	for _, c := range q.row {
		if c.kernel != nil {
			c.kernel.calls[where]++
		}
	}
	clear(q.row)
	q.row, q.launches, q.arguments = q.row[:0], q.launches[:0], q.arguments[:0]
	d.check(err)
}

// runRow begins the row one launch after another.
func (d *Device) runRow() error {
	q := &d.queue
	return runs(q.row, q.launches, func(launches []driver.Launch) error { return d.gpu.Launch(launches, q.arguments) },
		func(c command) error { return d.gpu.Do(c.call) })
}

// runs calls f for the launches between library calls, and g for those.
func runs(row []command, launches []driver.Launch, f func([]driver.Launch) error, g func(command) error) error {
	done, n := 0, 0
	for _, c := range row {
		if c.kernel != nil {
			n++
			continue
		}
		if err := f(launches[done:n]); err != nil {
			return err
		}
		done = n
		if err := g(c); err != nil {
			return err
		}
	}
	return f(launches[done:n])
}

var seed = maphash.MakeSeed()

// lookUp finds what is known of rows with this row's shape.
func (q *queue) lookUp() *graph {
	var h maphash.Hash
	h.SetSeed(seed)
	for _, l := range q.launches {
		maphash.WriteComparable(&h, shapeOf(l))
	}
	for i, c := range q.row {
		if c.kernel == nil {
			maphash.WriteComparable(&h, i)
			maphash.WriteComparable(&h, c.key)
		}
	}
	shape := h.Sum64()
	g := q.graphs[shape]
	if g == nil {
		q.makeRoom()
		g = &graph{}
		q.graphs[shape] = g
	}
	g.seen++
	g.used = q.clock
	return g
}

// shapeOf is what a graph cannot change in a launch.
func shapeOf(l driver.Launch) driver.Launch {
	l.Offset = 0
	return l
}

// matches says that the graph was made of such a row.
func (g *graph) matches(q *queue) bool {
	return slices.EqualFunc(g.row, q.row, func(a, b command) bool { return a.kernel == b.kernel && a.key == b.key }) &&
		slices.EqualFunc(g.launches, q.launches, func(a, b driver.Launch) bool { return shapeOf(a) == shapeOf(b) })
}

// build makes the graph of the row.
func (d *Device) build(g *graph) (err error) {
	q := &d.queue
	g.row = slices.Clone(q.row)
	for i := range g.row {
		g.row[i].call = nil // it holds vectors
	}
	g.launches = append(g.launches[:0], q.launches...)
	g.arguments = append(g.arguments[:0], q.arguments...)
	ready, err := d.gpu.NewGraph()
	if err != nil {
		return err
	}
	err = runs(q.row, q.launches, func(launches []driver.Launch) error { return ready.Add(launches, q.arguments) },
		func(c command) error { return ready.Record(c.call) })
	if err == nil {
		err = ready.Finish()
	}
	if err != nil { // a library that cannot be recorded: the row runs as it did
		g.failed = true
		return ready.Close()
	}
	g.ready = ready
	return nil
}

func (g *graph) drop() error {
	if g.ready == nil {
		return nil
	}
	err := g.ready.Close()
	g.ready = nil
	return err
}

// makeRoom drops the graph that was not used for longest, when there are many.
func (q *queue) makeRoom() {
	if len(q.graphs) < mostKept {
		return
	}
	var oldest uint64
	first := q.clock + 1
	for shape, g := range q.graphs {
		if g.used < first {
			oldest, first = shape, g.used
		}
	}
	q.graphs[oldest].drop()
	delete(q.graphs, oldest)
}

func (q *queue) close(gpu *driver.GPU) (err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	err = gpu.Synchronize()
	for _, g := range q.graphs {
		if e := g.drop(); err == nil {
			err = e
		}
	}
	clear(q.graphs)
	return err
}
