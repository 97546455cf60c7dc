import BatchCore
import Testing

@Suite("The pace of items whose work is known")
struct WorkPaceTests {
  @Test("tells nothing before three batches, and then the mean and the best")
  func estimate() {
    var pace = WorkPace()
    pace.measured(work: 10, seconds: 10)
    pace.measured(work: 10, seconds: 30)
    pace.measured(work: 0, seconds: 5)
    #expect(pace.estimate(ofWork: 5) == nil)
    pace.measured(work: 20, seconds: 40)
    #expect(pace.estimate(ofWork: 5)?.seconds == 10)
    #expect(pace.estimate(ofWork: 5)?.leastSeconds == 5)
  }
}
