import BatchCore
import Testing

@Test func aTaskNameReadsAsItself() { #expect(TaskName("price").description == "price") }
