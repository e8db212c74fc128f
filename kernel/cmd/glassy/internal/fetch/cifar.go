package fetch

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
)

// cifarRecords makes a file of the binary version of CIFAR-10 out of a PNG with
// an image a row, a pixel a column, and the labels of its images: a record is
// the label, then the planes red, green and blue.
func cifarRecords(picture []byte, labels []int) ([]byte, error) {
	const pixels = 32 * 32
	decoded, err := png.Decode(bytes.NewReader(picture))
	if err != nil {
		return nil, err
	}
	img, ok := decoded.(*image.RGBA)
	if !ok || img.Rect.Dx() != pixels || img.Rect.Dy() != len(labels) {
		return nil, fmt.Errorf("is a picture %T of %v, expected RGB of %d×%d", decoded, decoded.Bounds().Size(), pixels, len(labels))
	}
	out := make([]byte, len(labels)*(1+3*pixels))
	for y, label := range labels {
		if label < 0 || label > 9 {
			return nil, fmt.Errorf("label %d is %d, expected 0..9", y, label)
		}
		record := out[y*(1+3*pixels):]
		record[0] = byte(label)
		row := img.Pix[y*img.Stride:]
		for i := range pixels {
			record[1+i], record[1+pixels+i], record[1+2*pixels+i] = row[4*i], row[4*i+1], row[4*i+2]
		}
	}
	return out, nil
}

// cifarLabels are those of batch number batch, of the labels of all batches.
func cifarLabels(list []byte, batch, each int) ([]int, error) {
	var all []int
	if err := json.Unmarshal(list, &all); err != nil {
		return nil, err
	}
	if len(all) < (batch+1)*each {
		return nil, fmt.Errorf("has %d labels, expected at least %d", len(all), (batch+1)*each)
	}
	return all[batch*each : (batch+1)*each], nil
}
