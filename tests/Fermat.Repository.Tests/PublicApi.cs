using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Fermat.Repository.Tests;

/// <summary>Describes what an assembly offers: a line a type, a line a member, in an order that depends on names alone.</summary>
internal static class PublicApi
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    /// <summary>The lines of every visible type that is chosen.</summary>
    public static IEnumerable<string> Describe(Assembly assembly, Func<Type, bool>? choose = null)
        => assembly.GetTypes().Where(IsVisible).Where(choose ?? (_ => true)).OrderBy(type => CSharpNames.Full(type), StringComparer.Ordinal).SelectMany(Describe);

    private static IEnumerable<string> Describe(Type type)
    {
        yield return Header(type);
        if (typeof(Delegate).IsAssignableFrom(type)) yield break;
        IEnumerable<string> members = type.IsEnum
            ? type.GetFields(BindingFlags.Public | BindingFlags.Static).OrderBy(field => Convert.ToInt64(field.GetRawConstantValue(), CultureInfo.InvariantCulture))
                .Select(field => $"{field.Name} = {field.GetRawConstantValue()}")
            : Members(type).Order(StringComparer.Ordinal);
        foreach (string member in members) yield return "    " + member;
    }

    private static IEnumerable<string> Members(Type type)
    {
        foreach (FieldInfo field in type.GetFields(Declared).Where(field => IsVisible(field.Attributes)))
        {
            yield return field.IsLiteral
                ? $"const {CSharpNames.Of(field.FieldType)} {field.Name} = {CSharpNames.Literal(field.GetRawConstantValue())}"
                : $"{(field.IsFamily ? "protected " : "")}{(field.IsStatic ? "static " : "")}{(field.IsInitOnly ? "readonly " : "")}{CSharpNames.Of(field)} {field.Name}";
        }

        foreach (ConstructorInfo constructor in type.GetConstructors(Declared).Where(IsVisible).Where(c => !c.IsStatic))
            yield return $"{(constructor.IsPublic ? "" : "protected ")}{type.Name.Split('`')[0]}({CSharpNames.Parameters(constructor)})";

        foreach (PropertyInfo property in type.GetProperties(Declared))
        {
            MethodInfo? get = property.GetMethod is { } g && IsVisible(g) ? g : null, set = property.SetMethod is { } s && IsVisible(s) ? s : null;
            if ((get ?? set) is not { } accessor || property.IsDefined(typeof(CompilerGeneratedAttribute))) continue;
            string name = property.GetIndexParameters().Length > 0 ? $"this[{CSharpNames.Parameters(property)}]" : property.Name;
            bool init = set?.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) ?? false;
            yield return $"{Modifiers(accessor)}{CSharpNames.Of(property)} {name} {{ {(get is null ? "" : "get; ")}{(set is null ? "" : init ? "init; " : "set; ")}}}";
        }

        foreach (EventInfo raised in type.GetEvents(Declared).Where(e => IsVisible(e.AddMethod!)))
            yield return $"{Modifiers(raised.AddMethod!)}event {CSharpNames.Of(raised.EventHandlerType!)} {raised.Name}";

        foreach (MethodInfo method in type.GetMethods(Declared).Where(IsVisible))
        {
            bool isOperator = method.IsSpecialName && method.Name.StartsWith("op_", StringComparison.Ordinal);
            if ((method.IsSpecialName && !isOperator) || method.IsDefined(typeof(CompilerGeneratedAttribute))) continue;
            string name = isOperator ? CSharpNames.Operator(method) : method.Name + CSharpNames.Generics(method.GetGenericArguments());
            string result = method.Name is "op_Implicit" or "op_Explicit" ? "" : CSharpNames.Of(method.ReturnParameter) + " ";
            yield return $"{Modifiers(method)}{result}{name}({CSharpNames.Parameters(method)}){CSharpNames.Constraints(method.GetGenericArguments())}";
        }
    }

    private static string Header(Type type)
    {
        string name = CSharpNames.Full(type);
        if (typeof(Delegate).IsAssignableFrom(type))
        {
            MethodInfo invoke = type.GetMethod("Invoke")!;
            return $"delegate {CSharpNames.Of(invoke.ReturnParameter)} {name}({CSharpNames.Parameters(invoke)})";
        }

        if (type.IsEnum) return $"enum {name} : {CSharpNames.Of(Enum.GetUnderlyingType(type))}";
        string kind = type.IsInterface ? "interface"
            : type.IsValueType ? (type.IsDefined(typeof(IsReadOnlyAttribute)) ? "readonly " : "") + (type.IsByRefLike ? "ref struct" : "struct")
            : type is { IsAbstract: true, IsSealed: true } ? "static class"
            : (type.IsAbstract ? "abstract " : type.IsSealed ? "sealed " : "") + "class";
        IEnumerable<Type> inherited = type.BaseType is { } parent && parent != typeof(object) && parent != typeof(ValueType) ? [parent] : [];
        string[] bases = [.. inherited.Concat(type.GetInterfaces().Where(i => i.IsVisible && type.BaseType?.GetInterfaces().Contains(i) != true))
            .Select(CSharpNames.Of).OrderBy(b => b, StringComparer.Ordinal)];
        return $"{kind} {name}{(bases.Length > 0 ? " : " + string.Join(", ", bases) : "")}{CSharpNames.Constraints(type.GetGenericArguments())}";
    }

    private static string Modifiers(MethodInfo method)
    {
        string access = method.IsPublic ? "" : "protected ";
        string pointers = method.GetParameters().Append(method.ReturnParameter).Any(p => p.ParameterType.IsPointer) ? "unsafe " : "";
        if (method.DeclaringType!.IsInterface) return pointers + (method.IsStatic ? "static " : "") + (method.IsAbstract ? (method.IsStatic ? "abstract " : "") : "virtual ");
        if (method.IsStatic) return access + pointers + "static ";
        if (method.IsAbstract) return access + pointers + "abstract ";
        if (method.GetBaseDefinition().DeclaringType != method.DeclaringType) return access + pointers + "override ";
        return access + pointers + (method is { IsVirtual: true, IsFinal: false } ? "virtual " : "");
    }

    private static bool IsVisible(Type type) => type.IsNested
        ? (type.IsNestedPublic || type.IsNestedFamily || type.IsNestedFamORAssem) && IsVisible(type.DeclaringType!)
        : type.IsPublic;

    private static bool IsVisible(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static bool IsVisible(FieldAttributes field)
        => (field & FieldAttributes.FieldAccessMask) is FieldAttributes.Public or FieldAttributes.Family or FieldAttributes.FamORAssem && (field & FieldAttributes.SpecialName) == 0;
}
