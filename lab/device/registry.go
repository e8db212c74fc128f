package device

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
)

var (
	registryMu sync.Mutex
	registry   = map[string]func(number int) (Device, error){}
)

// Register makes devices of a kind known by name: the machine's first is called
// so, others name:1, name:2 … open is called by [Open] with the number, and says
// why when the machine has no such device; its answers to one number are the
// same device. Registering a name twice panics. It is for init functions of the
// packages that bring a device.
func Register(name string, open func(number int) (Device, error)) {
	registryMu.Lock()
	defer registryMu.Unlock()
	if registry[name] != nil {
		panic(fmt.Sprintf("device: Register: %q is registered already", name))
	}
	registry[name] = open
}

// Open is the device of that name: one of [Names], for the first of its kind, or
// that with a number from 0, cuda:1. An unknown name is an error that lists the
// known ones.
func Open(name string) (Device, error) {
	return openKnown(name, Names())
}

// openKnown is Open whose error lists those names.
func openKnown(name string, known []string) (Device, error) {
	kind, digits, numbered := strings.Cut(name, ":")
	number, err := 0, error(nil)
	if numbered {
		number, err = strconv.Atoi(digits)
	}
	registryMu.Lock()
	open := registry[kind]
	registryMu.Unlock()
	if open == nil || err != nil || number < 0 {
		return nil, fmt.Errorf("device: no device is called %q; known: %s", name, strings.Join(known, ", "))
	}
	dev, err := open(number)
	if err != nil {
		return nil, fmt.Errorf("device %s: %w", name, err)
	}
	return dev, nil
}

// Names lists the registered kinds of devices.
func Names() []string {
	registryMu.Lock()
	defer registryMu.Unlock()
	return slices.Sorted(maps.Keys(registry))
}

func init() {
	Register("cpu", func(number int) (Device, error) {
		if number > 0 {
			return nil, fmt.Errorf("processor %d is asked for, but all cores are one device, cpu", number)
		}
		return CPU(), nil
	})
}
