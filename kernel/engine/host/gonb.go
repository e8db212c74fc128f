package host

import (
	"fmt"

	"glassy/kernel/display"
	"glassy/kernel/display/gonb"
	"glassy/kernel/engine/cell"
)

// prompt is what gonbui's RequestInput asks: a line that the cell reads after it.
type prompt struct {
	text     string
	password bool
}

// serveGonb serves gonbui, which is about to be loaded, or was.
func (s *session) serveGonb() {
	if s.gonb.Load() != nil {
		return
	}
	tell := func(err error) { fmt.Fprintln(cell.Stderr(), err) }
	server, err := gonb.Serve(gonb.Place{
		Show:   s.display,
		Prompt: func(text string, password bool) { s.prompt.Store(&prompt{text, password}) },
		Run:    here,
		// Not from the server's goroutine, for which whoever prints waits.
		Fail: func(err error) { go tell(err) },
	})
	if err != nil {
		tell(err)
		return
	}
	s.gonb.Store(server)
}

// shown waits until all is shown that gonbui was given.
func (s *session) shown() {
	if g := s.gonb.Load(); g != nil {
		g.Wait()
	}
}

// receiveBeside hands over the comm messages that do not wait for a cell.
func (s *session) receiveBeside() {
	for m := range s.beside {
		func() {
			defer func() {
				if x := recover(); x != nil {
					fmt.Fprintf(cell.Stderr(), "panic at a message of the page: %s\n", cell.PanicText(x))
				}
			}()
			display.ReceiveComm(m)
		}()
	}
}
