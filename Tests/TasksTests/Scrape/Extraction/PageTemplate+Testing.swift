import PageSamples
import Testing

extension PageTemplate: CustomTestStringConvertible {}
extension LanguageSample: CustomTestStringConvertible {}
extension EncodedSample: CustomTestStringConvertible {}
