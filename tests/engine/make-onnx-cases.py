#!/usr/bin/env python3
"""Write the operator cases of the onnx package (its backend tests) into a folder.

Each case becomes DIR/NAME/model.onnx with DIR/NAME/test_data_set_0/input_*.pb and output_*.pb, as
the program onnx-conformance reads them; with PROGRAM, that is run on them right away. Needs
python3-onnx.
"""
import os
import sys
import warnings


def aliases(np):
    """Names that onnx 1.12 still uses and newer NumPy no longer has."""
    for name, kind in (('float', float), ('int', int), ('bool', bool), ('object', object),
                       ('str', str), ('complex', complex)):
        if name not in np.__dict__:
            setattr(np, name, kind)


def write(path, message):
    with open(path, 'wb') as f:
        f.write(message.SerializeToString())


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit('usage: make-onnx-cases.py DIR [PROGRAM]')
    out = sys.argv[1]
    try:
        import numpy as np
        aliases(np)
        warnings.simplefilter('ignore')
        from onnx import numpy_helper
        from onnx.backend.test.case.node import collect_testcases
    except ImportError as e:
        print('1..0 # SKIP %s' % e)
        return
    np.random.seed(0)
    convert = {'map_type': numpy_helper.from_dict, 'sequence_type': numpy_helper.from_list,
               'optional_type': numpy_helper.from_optional,
               'tensor_type': numpy_helper.from_array}
    cases = collect_testcases(None)
    for case in cases:
        folder = os.path.join(out, case.name)
        os.makedirs(folder, exist_ok=True)
        write(os.path.join(folder, 'model.onnx'), case.model)
        for i, (inputs, outputs) in enumerate(case.data_sets):
            data = os.path.join(folder, 'test_data_set_%d' % i)
            os.makedirs(data, exist_ok=True)
            for values, infos, kind in ((inputs, case.model.graph.input, 'input'),
                                        (outputs, case.model.graph.output, 'output')):
                for j, value in enumerate(values):
                    info = infos[j]
                    make = convert[info.type.WhichOneof('value')]
                    write(os.path.join(data, '%s_%d.pb' % (kind, j)), make(value, info.name))
    if len(sys.argv) == 3:
        os.execl(sys.argv[2], sys.argv[2], out)
    print('%d cases' % len(cases))


main()
