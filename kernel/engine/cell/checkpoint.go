package cell

import "reflect"

// Type is the type T, for Types.
func Type[T any]() reflect.Type { return reflect.TypeFor[T]() }

// Types are some types.
func Types(ts ...reflect.Type) []reflect.Type { return ts }

// Save writes variables, each its name and a pointer to it, to a checkpoint with
// that header. Types are the cells', as they are declared now.
func Save(path, header string, types []reflect.Type, variables ...any) {
	if err := process.Save(path, header, types, variables); err != nil {
		panic(err)
	}
}

// Load sets variables to what Save wrote.
func Load(path string, types []reflect.Type, variables ...any) {
	if err := process.Load(path, types, variables); err != nil {
		panic(err)
	}
}
