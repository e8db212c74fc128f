package gonb

import (
	"encoding/gob"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/janpfeifer/gonb/gonbui/protocol"
	"golang.org/x/sys/unix"

	"glassy/kernel/display"
)

// Place is where what gonbui asks for is done.
type Place struct {
	Show func(b display.Bundle, id string, update bool)
	// Prompt is for the next line that the cell reads.
	Prompt func(prompt string, password bool)
	// Run numbers the runs of cells: another number, another cell.
	Run func() int
	// Fail is told what is wrong with the protocol.
	Fail func(error)
}

// Server serves the gonbui of this process.
type Server struct {
	place Place
	in    *os.File // what gonbui writes
	ends  []*os.File
	page  page

	mu   sync.Mutex
	busy bool // something is read and not yet done

	shown map[string]bool // display ids
	run   int             // that transient was made in
	blank string          // the id of scripts in that run

	values chan protocol.CommValue // for gonbui
}

// Serve makes the pipes, names them in the environment, and serves. It has to be
// called before package gonbui is initialised, and once.
func Serve(place Place) (*Server, error) {
	s := &Server{place: place, shown: map[string]bool{}, values: make(chan protocol.CommValue, 1024)}
	s.page = page{server: s}
	backReader, back, err := s.pipe(protocol.GONB_PIPE_BACK_ENV, false)
	if err != nil {
		return nil, err
	}
	in, writer, err := s.pipe(protocol.GONB_PIPE_ENV, true)
	if err != nil {
		return nil, err
	}
	s.in = in
	s.ends = []*os.File{backReader, writer} // open, so that gonbui need not wait for the other end
	display.HandleComms(target, s.page.opened)
	go s.write(back)
	go s.serve()
	return s, nil
}

// pipe makes a pipe, one end of which gonbui opens by a name in the environment.
func (s *Server) pipe(name string, itWrites bool) (r, w *os.File, err error) {
	if r, w, err = os.Pipe(); err != nil {
		return nil, nil, fmt.Errorf("gonb: making a pipe for gonbui: %w", err)
	}
	end := r
	if itWrites {
		end = w
	}
	c, err := end.SyscallConn()
	if err == nil {
		err = c.Control(func(fd uintptr) { err = os.Setenv(name, fmt.Sprintf("/proc/self/fd/%d", fd)) })
	}
	if err != nil {
		return nil, nil, fmt.Errorf("gonb: naming a pipe for gonbui: %w", err)
	}
	return r, w, nil
}

// Wait returns when all is shown that gonbui has written so far.
func (s *Server) Wait() {
	for !s.idle() {
		time.Sleep(20 * time.Microsecond)
	}
}

// idle tells whether nothing waits in the pipe or is being done. Bytes leave the
// pipe only together with a change of busy.
func (s *Server) idle() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.busy {
		return false
	}
	c, err := s.in.SyscallConn()
	if err != nil {
		return true
	}
	waiting := 0
	err = c.Control(func(fd uintptr) { waiting, _ = unix.IoctlGetInt(int(fd), unix.TIOCINQ) })
	return err != nil || waiting == 0
}

// Read implements io.Reader for the decoder: who comes for more has done with what
// he had.
func (s *Server) Read(p []byte) (n int, err error) {
	c, err := s.in.SyscallConn()
	if err != nil {
		return 0, err
	}
	var failed error
	err = c.Read(func(fd uintptr) bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		for {
			n, failed = unix.Read(int(fd), p)
			if failed != unix.EINTR {
				break
			}
		}
		s.busy = failed != unix.EAGAIN
		return s.busy
	})
	if err == nil {
		err = failed
	}
	if err == nil && n == 0 {
		err = io.EOF
	}
	return max(n, 0), err
}

func (s *Server) serve() {
	defer func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.busy = false
	}()
	for d := gob.NewDecoder(s); ; {
		var data protocol.DisplayData
		if err := d.Decode(&data); err != nil {
			s.place.Fail(fmt.Errorf("gonb: what gonbui wrote cannot be read, and it is not served from here on: %w; restart the kernel", err))
			return
		}
		s.do(data)
	}
}

// do does what one message asks for.
func (s *Server) do(data protocol.DisplayData) {
	for mime, v := range data.Data {
		switch x := v.(type) {
		case protocol.InputRequest:
			s.place.Prompt(x.Prompt, x.Password)
			return
		case protocol.CommValue:
			switch {
			case x.Address == protocol.GonbuiSyncAddress:
				s.tell(protocol.CommValue{Address: protocol.GonbuiSyncAckAddress, Value: x.Value})
			case x.Address == protocol.GonbuiStartAddress:
				s.page.install()
			case x.Request:
				s.page.ask(x.Address)
			default:
				s.page.send(x.Address, x.Value)
			}
			return
		case protocol.CommSubscription:
			s.page.subscribe(x.Address, !x.Unsubscribe)
			return
		case string, []byte:
		default:
			s.place.Fail(fmt.Errorf("gonb: %s of gonbui is a %T, expected a string or []byte", mime, v))
			return
		}
	}
	s.show(data)
}

// transient is how the ids begin under which gonbui/dom runs scripts.
const transient = "gonb_transient_js_"

// show shows a display, or updates it when its id was shown before.
func (s *Server) show(data protocol.DisplayData) {
	b := display.Bundle{Data: map[string]any{}, Metadata: map[string]any{}}
	for k, v := range data.Data {
		b.Data[string(k)] = v
	}
	for k, v := range data.Metadata {
		b.Metadata[k] = v
	}
	id := data.DisplayID
	if strings.HasPrefix(id, transient) {
		// gonbui has one such id for each program, that is, for each cell; this
		// process goes on, and the output of an earlier cell may be gone.
		if run := s.place.Run(); run != s.run || s.blank == "" {
			s.run, s.blank = run, display.NewID()
		}
		id = s.blank
		b.Data["text/plain"] = ""
	}
	if _, ok := b.Data["text/plain"]; !ok {
		for _, mime := range []protocol.MIMEType{protocol.MIMETextMarkdown, protocol.MIMETextHTML} {
			if text, ok := data.Data[mime].(string); ok {
				b.Data["text/plain"] = text
			}
		}
	}
	s.place.Show(display.Of(b), id, id != "" && s.shown[id])
	if id != "" {
		s.shown[id] = true
	}
}

// tell sends a value to gonbui.
func (s *Server) tell(v protocol.CommValue) { s.values <- v }

func (s *Server) write(back *os.File) {
	for e := gob.NewEncoder(back); ; {
		v := <-s.values
		if err := e.Encode(&v); err != nil {
			s.place.Fail(fmt.Errorf("gonb: value for %s: %w", v.Address, err))
		}
	}
}
