package device

import (
	"errors"
	"fmt"
	"sync"
)

// PureGo is the path that [UseBLAS] and [UseFFT] take for no library at all.
const PureGo = "none"

// A chosen library is the one of its kind that the CPU calls: named before it is first
// asked for, or found then.
type chosen[L fmt.Stringer] struct {
	find func(path string) (L, error)

	mu   sync.Mutex
	made bool
	lib  L     // nil: none
	err  error // why there is none
}

func (c *chosen[L]) use(op, path string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.made {
		return fmt.Errorf("device: %s: %s is in use already; choose before the first device is made", op, c.lib)
	}
	lib, err := c.find(path)
	if path == "" {
		c.err = err
	} else if err != nil {
		return err
	}
	c.made, c.lib = true, lib
	return nil
}

func (c *chosen[L]) get() L {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.made {
		c.made = true
		c.lib, c.err = c.find("")
	}
	return c.lib
}

func (c *chosen[L]) tell() (description string, err error) {
	lib := c.get()
	return lib.String(), c.err // neither changes any more
}

// find opens the library of that kind at path: the first candidate that serves where that
// is empty, none for PureGo.
func find[L any](kind, path string, candidates []string, open func(path string) (*L, error)) (*L, error) {
	switch path {
	case PureGo:
		return nil, nil
	case "":
		var errs []error
		for _, name := range candidates {
			lib, err := open(name)
			if err == nil {
				return lib, nil
			}
			errs = append(errs, err)
		}
		return nil, fmt.Errorf("device: no %s was found: %w", kind, errors.Join(errs...))
	}
	lib, err := open(path)
	if err != nil {
		return nil, fmt.Errorf("device: %s does not serve as %s: %w", path, kind, err)
	}
	return lib, nil
}
