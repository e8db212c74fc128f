package optim

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// named are the methods with the rates and sizes of the thesis, where it gives
// them: those of allcnn on CIFAR-10 where there are several.
var named = map[string]func() Method{
	"sgd":                 func() Method { return SGD(0.1) },
	"heavy-ball":          func() Method { return HeavyBall(0.1, nesterov) },
	"nesterov":            func() Method { return Nesterov(0.1, nesterov) },
	"adam":                func() Method { return Adam(1e-3) },
	"sgld":                func() Method { return SGLD(0.1, 0.55, 1e-6) },
	"gradient-noise":      func() Method { return GradientNoise(Nesterov(0.1, nesterov), 0.01) },
	"trivialized-sgd":     func() Method { return Trivialized(Nesterov(0.1, nesterov), 1e-4, 9, 1000) },
	"resampled-field":     func() Method { return ResampledField(Nesterov(0.1, nesterov), 1e-4, 9, 1000) },
	"data-parallel":       func() Method { return DataParallel(Nesterov(0.1, nesterov), 2) },
	"entropy-sgd":         EntropySGD,
	"entropy-sgd-as-code": EntropySGDAsCode,
	"entropy-adam":        EntropyAdam,
	"hj":                  HJ,
	"hj-gradient":         func() Method { return HJGradient(0.1) },
	"hj-as-code":          func() Method { return HJAsCode(0.1) },
	"heat":                func() Method { return HEAT(0.1, 1e-4) },
	"heat-as-code":        HEATAsCode,
	"elastic-sgd":         func() Method { return ElasticSGD(0.1, 3) },
	"parle":               func() Method { return Parle(0.1, 3) },
	"parle-as-code":       func() Method { return ParleAsCode(0.1, 3) },
}

// Named is the method of that name. An unknown name is an error that lists the
// known ones.
func Named(name string) (Method, error) {
	f := named[name]
	if f == nil {
		return Method{}, fmt.Errorf("optim: no method is called %q; known: %s", name, strings.Join(Names(), ", "))
	}
	return f(), nil
}

// Names lists the names that [Named] knows.
func Names() []string { return slices.Sorted(maps.Keys(named)) }
