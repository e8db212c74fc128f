package host

import (
	"encoding/json"
	"fmt"
	"reflect"

	"glassy/kernel/engine/checkpoint"
)

// save and load are what a cell's Save and Load do.

func save(path, header string, types []reflect.Type, variables []any) error {
	h := new(checkpoint.Header)
	if err := json.Unmarshal([]byte(header), h); err != nil {
		return fmt.Errorf("checkpoint %s: %w", path, err)
	}
	_, err := checkpoint.Save(path, h, pairs(variables), types)
	return err
}

func load(path string, types []reflect.Type, variables []any) error {
	return checkpoint.Load(path, pairs(variables), types)
}

func pairs(variables []any) (vs []checkpoint.Var) {
	for i := 0; i+1 < len(variables); i += 2 {
		vs = append(vs, checkpoint.Var{Name: variables[i].(string), At: variables[i+1]})
	}
	return vs
}
