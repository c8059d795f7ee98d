using System.Globalization;
using Google.Protobuf;

namespace OrleansHealing.Silo.Telemetry;

/// <summary>A protobuf message by its field numbers: enough to read what a receiver is sent without a copy of its schema.</summary>
internal sealed class WireMessage
{
    private readonly List<(int Field, object Value)> _fields = [];

    public WireMessage(byte[] bytes)
    {
        var input = new CodedInputStream(bytes);
        while (input.ReadTag() is > 0 and var tag)
        {
            _fields.Add((WireFormat.GetTagFieldNumber(tag), WireFormat.GetTagWireType(tag) switch
            {
                WireFormat.WireType.Varint => input.ReadUInt64(),
                WireFormat.WireType.Fixed64 => input.ReadFixed64(),
                WireFormat.WireType.Fixed32 => (ulong)input.ReadFixed32(),
                WireFormat.WireType.LengthDelimited => input.ReadBytes().ToByteArray(),
                var other => throw new InvalidDataException($"Wire type {other} is not read here."),
            }));
        }
    }

    /// <summary>The messages of a repeated field; with more numbers, those inside them.</summary>
    public IEnumerable<WireMessage> All(params int[] path) => path.Length == 1
        ? _fields.Where(f => f.Field == path[0]).Select(f => new WireMessage((byte[])f.Value))
        : All(path[0]).SelectMany(m => m.All(path[1..]));

    public string Text(int field) => System.Text.Encoding.UTF8.GetString(Bytes(field));

    public string Hex(int field) => Convert.ToHexStringLower(Bytes(field));

    public ulong Number(int field) => _fields.Where(f => f.Field == field).Select(f => (ulong)f.Value).FirstOrDefault();

    /// <summary>The pairs of a field of attributes, whose values are of one of several types.</summary>
    public IReadOnlyDictionary<string, string> Attributes(int field) => All(field)
        .GroupBy(pair => pair.Text(1)).ToDictionary(pairs => pairs.Key, pairs => pairs.Last().All(2).Select(Value).FirstOrDefault("") ?? "");

    public static string Value(WireMessage any) => any._fields switch
    {
        [(1, byte[] text)] => System.Text.Encoding.UTF8.GetString(text),
        [(2 or 3, ulong number)] => number.ToString(CultureInfo.InvariantCulture),
        [(4, ulong bits)] => BitConverter.UInt64BitsToDouble(bits).ToString(CultureInfo.InvariantCulture),
        _ => "",
    };

    private byte[] Bytes(int field) => _fields.Where(f => f.Field == field).Select(f => (byte[])f.Value).FirstOrDefault([]);
}
