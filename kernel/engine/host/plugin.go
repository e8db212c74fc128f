package host

import "plugin"

// OpenPlugin loads a compiled cell.
func OpenPlugin(q Request) error {
	_, err := plugin.Open(q.Path)
	return err
}
