package device

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
)

var (
	registryMu sync.Mutex
	registry   = map[string]func() (Device, error){}
)

// Register makes a device known by name; open is called by [Open], and says why
// when the machine has no such device. Registering a name twice panics. It is
// for init functions of the packages that bring a device.
func Register(name string, open func() (Device, error)) {
	registryMu.Lock()
	defer registryMu.Unlock()
	if registry[name] != nil {
		panic(fmt.Sprintf("device: Register: %q is registered already", name))
	}
	registry[name] = open
}

// Open is the device of that name. An unknown name is an error that lists the
// known ones.
func Open(name string) (Device, error) {
	registryMu.Lock()
	open := registry[name]
	registryMu.Unlock()
	if open == nil {
		return nil, fmt.Errorf("device: no device is called %q; known: %s", name, strings.Join(Names(), ", "))
	}
	dev, err := open()
	if err != nil {
		return nil, fmt.Errorf("device %s: %w", name, err)
	}
	return dev, nil
}

// Names lists the registered devices.
func Names() []string {
	registryMu.Lock()
	defer registryMu.Unlock()
	return slices.Sorted(maps.Keys(registry))
}

func init() {
	Register("cpu", func() (Device, error) { return CPU(), nil })
}
