"""JSON texts, good and bad, each under a name that says what is odd about it.

In the manner of the well-known parsing suites, but written for this project. Whether a text is
JSON is not said here: the standard library says so where a test asks it.
"""

DEEP = 100_000

NUMBERS = [
    b"0", b"-0", b"1", b"-1", b"10", b"123456789012345678901234567890", b"0.5", b"-0.5", b"1.25",
    b"1e5", b"1E5", b"1e+5", b"1e-5", b"1.5E+12", b"0e0", b"0e+1", b"1e400", b"-1e400", b"1e-400",
    b"0.%s1" % (b"0" * 400), b"1" * 5000, b"01", b"-01", b"+1", b"-", b"--1", b"1.", b".5", b"-.5",
    b"1.e5", b"1e", b"1e+", b"1e-", b"e5", b"1e5.5", b"1.2.3", b"0x1F", b"0b1", b"0o7", b"1_000",
    b"1,000", b"NaN", b"-NaN", b"nan", b"Infinity", b"-Infinity", b"inf", b"1a", b"1 2", b"0.1.",
    b"\xef\xbc\x91", b"\xd9\xa3", b"1f", b"1L", b"1n", b"- 1", b"1 .5",
]  # fmt: skip
STRINGS = [
    b'""', b'"a"', b'" "', b'"\\""', b'"\\\\"', b'"\\/"', b'"/"', b'"\\b\\f\\n\\r\\t"',
    b'"\\u0041"', b'"\\u00e9"', b'"\\u0000"', b'"\\uD83D\\uDCEE"', b'"\\ud83d\\udcee"',
    b'"\\uFFFF"', b'"\\u2028\\u2029"', b'"\xe2\x80\xa8"', b'"\x7f"', b'"\xc3\xa9"',
    b'"\xf0\x9f\x93\xae"', b'"\xef\xbf\xbf"', b'"\xf4\x8f\xbf\xbf"', b'"\xef\xbb\xbf"',
    b'"\\ud800"',
    b'"\\udc00"', b'"\\ud800\\ud800"', b'"\\ud800\\u0041"', b'"\\udc00\\ud800"', b'"\\ud800x"',
    b'"\\ud83d\\\\udcee"', b'"\\a"', b'"\\x41"', b'"\\u"', b'"\\u0"', b'"\\u00"', b'"\\u004"',
    b'"\\u004g"', b'"\\U0041"', b'"\\u 041"', b'"\\', b'"\\"', b'"', b'"a', b"a", b"'a'", b'"a\'',
    b'"\x00"', b'"\x01"', b'"\x1f"', b'"\n"', b'"\t"', b'"\r"', b'"\\\n"', b'"\\\x00"', b'"a"b"',
    b'"a" "b"', b'"\xff"', b'"\xc3"', b'"\xc0\xaf"', b'"\xe0\x80\x80"', b'"\xed\xa0\x80"',
    b'"\xf4\x90\x80\x80"', b'"\xf8\x88\x80\x80\x80"', b'"\x80"', b'"\xe2\x82"', b'"\\\xc3\xa9"',
    b"\xe2\x80\x9ca\xe2\x80\x9d", b"`a`",
]  # fmt: skip
ARRAYS = [
    b"[]", b"[ ]", b"[\n\t\r ]", b"[1]", b"[1,2]", b"[[]]", b"[[],[[]]]", b"[{}]", b"[null]",
    b"[true,false,null]", b'["a",1,{},[]]', b"[1,]", b"[,1]", b"[,]", b"[1,,2]", b"[1 2]",
    b"[1;2]", b"[", b"]", b"[1", b"1]", b"[1,", b"[[", b"[[]", b"[]]", b"[1}", b"[1:2]", b"[a]",
    b"[*]", b"[1,\n2", b"[\x0b]", b"[\x0c]", b"[\xc2\xa0]", b"[\xe2\x80\x83]", b"[]#", b"[]//",
    b"[/**/]", b"[1,/*x*/2]", b"[<null>]", b"[undefined]", b"(1)",
    b"[" * 64 + b"]" * 64, b"[" * DEEP + b"]" * DEEP, b"[" * DEEP, b"]" * DEEP,
    b"[%s1]" % (b"1," * 20_000),
]  # fmt: skip
OBJECTS = [
    b"{}", b"{ }", b'{"a":1}', b'{"a":1,"b":2}', b'{"a":1,"a":2}', b'{"a":1,"a":1}', b'{"":0}',
    b'{"a":{"b":{}}}', b'{"\\u0061":1}', b'{"a\\u0000b":1}', b'{ "a" : [ ] }', b'{"\xc3\xa9":1}',
    b'{"a":"\\ud83d\\udcee"}', b'{"\\ud800":1}', b'{"a":"\\udc00"}', b'{"a":["\\ud800"]}',
    b'{"a":1,}', b"{,}", b'{,"a":1}', b'{"a":1,,"b":2}', b'{"a":1 "b":2}', b'{"a"}', b'{"a":}',
    b'{"a" 1}', b'{"a"::1}', b'{"a":1:2}', b"{:1}", b"{1:1}", b"{a:1}", b"{'a':1}", b"{null:1}",
    b"{[]:1}", b'{"a":1', b'{"a":', b'{"a"', b'{"', b"{", b"}", b'"a":1}', b'{"a":1}}', b'{{}}',
    b'{"a":1]', b'{"a":1};', b'{"a":1}/**/', b'{"a":1}//x', b'{"a":1}#', b'{"a":1} {}',
    b'{"a":a}', b'{"a":NaN}', b'{"a":01}', b'{"a":\'b\'}', b'{"a":"\t"}', b'{"a\n":1}',
    b'{"a":"\xff"}', b'{"\xff":1}', b'{"a":\xc2\xa01}', b'{"a":1\x00}', b'{"a":\x001}', b"{\x00}",
    b'{"a":' * 64 + b"1" + b"}" * 64, b'{"a":' * 63 + b"1" + b"}" * 63,
    b'{"a":' * DEEP + b"1" + b"}" * DEEP, b'{"a":' * DEEP,
    b"{%s}" % b",".join(b'"%d":%d' % (n, n) for n in range(10_000)),
]  # fmt: skip
OTHERS = [
    b"true", b"false", b"null", b"True", b"TRUE", b"nul", b"nulll", b"tru", b"fals", b"none",
    b"true false", b"truefalse", b" true ", b"\ttrue\n", b"\x0btrue", b"\x0ctrue", b"\xc2\xa0true",
    b"", b" ", b"\n", b"\x00", b"\xef\xbb\xbf{}", b"\xff\xfe{\x00}\x00", b"\xfe\xff\x00{\x00}",
    b"{\x00}\x00", b"\x1f\x8b", b"<a/>", b"a=1", b"---\na: 1", b"// x\n{}", b"/* x */ {}", b"#",
    b"\\",
    b"*", b"&", b":", b",", b"\xf0\x9f\x93\xae", b"\x80", b"callback({})", b")]}',\n{}",
]  # fmt: skip

CORPUS = [*NUMBERS, *STRINGS, *ARRAYS, *OBJECTS, *OTHERS]
